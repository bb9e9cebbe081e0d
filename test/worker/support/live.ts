import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import { jsonLog } from "../../../src/adapters/runtime/json-log.ts";
import { systemClock, systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { StreamReader } from "../../../src/app/live/read-stream.ts";
import { StreamRegistry } from "../../../src/app/live/stream-registry.ts";
import type { RegistryTables } from "../../../src/ports/database.ts";
import { MemoryRooms } from "../../support/live-fakes.ts";
import { roomsAsReadModel } from "../../support/rooms-read-model.ts";
import { adminRequest, put } from "./admin.ts";
import { type Fetch, workerWithServices } from "./compose.ts";

export interface LiveWorker {
  readonly rooms: MemoryRooms;
  readonly fetch: Fetch;
}

/** The Worker with rooms in memory, as a new isolate. */
export const liveWorker = (
  rooms = new MemoryRooms(Date.now),
  tables: RegistryTables = d1Database(env.DB).registry,
): LiveWorker => {
  const time = { clock: systemClock, timers: systemTimers };
  const database = d1Database(env.DB);
  const known = new StreamRegistry({ streams: tables, log: jsonLog, ...time });
  const fetch = workerWithServices((services) => ({
    ...services,
    putRegistry: { ...services.putRegistry, known },
    startStream: { ...services.startStream, rooms, known },
    streams: new StreamReader({
      registry: known,
      objects: roomsAsReadModel(rooms),
      readers: { read: (_role, work) => work(database) },
      log: jsonLog,
      ...time,
    }),
  }));
  return { rooms, fetch };
};

/** Registers a stream with a broadcaster of its own. */
export const putStream = async (id: string, more: object = {}): Promise<void> => {
  expect((await put(`broadcasters/by-${id}`, { name: "B" })).status).toBe(200);
  const body = { broadcaster: `by-${id}`, title: `Title of ${id}`, ...more };
  expect((await put(`streams/${id}`, body)).status).toBe(200);
};

/** Starts or ends a stream. */
export const tell = (worker: LiveWorker, id: string, verb: "start" | "end"): Promise<Response> =>
  worker.fetch(adminRequest("POST", `streams/${id}/${verb}`));
