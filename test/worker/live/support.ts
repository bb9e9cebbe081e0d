import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { ArriveDeps } from "../../../src/app/live/arrive.ts";
import { type StreamId, streamId } from "../../../src/core/ids.ts";
import type { Stream } from "../../../src/ports/database.ts";
import { encodeArrival } from "../../../src/protocol/arrival-header.ts";
import { ARRIVAL_HEADER, type Role, type RoomNumbers } from "../../../src/protocol/room-rpc.ts";
import { eventually } from "../support/objects.ts";

export const streamOf = (text: string): StreamId => {
  const id = streamId(text);
  if (id === undefined) throw new Error(`"${text}" is no stream id`);
  return id;
};

export const roomOf = (stream: string) => env.ROOMS.getByName(`room:${stream}`);

export const openRoom = (stream: string): Promise<RoomNumbers> =>
  roomOf(stream).open({
    stream: streamOf(stream),
    broadcaster: "b",
    category: null,
    startedAt: Date.now(),
  });

export const numbersOf = async (stream: string): Promise<RoomNumbers> => {
  const answer = await roomOf(stream).numbers();
  if (answer.outcome === "unopened") throw new Error(`${stream} was never opened`);
  return answer;
};

/** A client's end, and what came out of it. */
export class Client {
  readonly messages: string[] = [];
  closed: number | undefined;
  readonly socket: WebSocket;

  constructor(answer: Response) {
    expect(answer.status).toBe(101);
    if (answer.webSocket === null) throw new Error("there is no socket");
    this.socket = answer.webSocket;
    this.socket.addEventListener("message", ({ data }) => {
      this.messages.push(`${data}`);
    });
    this.socket.addEventListener("close", ({ code }) => {
      this.closed = code;
    });
    this.socket.accept();
  }

  async closedWith(code: number): Promise<void> {
    await eventually("the socket is closed", async () => this.closed !== undefined);
    expect(this.closed).toBe(code);
  }

  async hears(holds: (message: { readonly [key: string]: unknown }) => boolean): Promise<void> {
    await eventually("the message comes", async () =>
      this.messages.some((text) => text.startsWith("{") && holds(JSON.parse(text))),
    );
  }
}

interface Who {
  readonly visitor: string;
  readonly role?: Role;
  readonly network?: string;
}

/** As the Worker hands an upgrade on. */
export const join = async (
  stream: string,
  { visitor, role = "viewer", network = visitor }: Who,
): Promise<Client> => {
  const arrival = encodeArrival({ role, identity: visitor, network });
  const headers = { Upgrade: "websocket", [ARRIVAL_HEADER]: arrival };
  return new Client(await roomOf(stream).fetch("https://room.internal/", { headers }));
};

export const viewersBecome = (stream: string, viewers: number): Promise<void> =>
  eventually(
    `${stream} has ${viewers} viewers`,
    async () => (await numbersOf(stream)).viewers === viewers,
  );

/** Everything a room has to do now is done. */
export const settle = async (stream: string): Promise<void> => {
  // It saves before it looks: of old and new sessions on disk nobody could tell which have been.
  await roomOf(stream).reconcile();
  await eventually("the room has saved", async () => {
    await runDurableObjectAlarm(roomOf(stream));
    const { viewers, total } = await numbersOf(stream);
    const open = await sqlOf(stream, "SELECT visitor FROM sessions WHERE ended_at IS NULL");
    const uniques = await sqlOf(stream, "SELECT visitor FROM visitors");
    return open.length === viewers && uniques.length === total;
  });
};

export const sqlOf = (
  stream: string,
  query: string,
): Promise<readonly Record<string, SqlStorageValue>[]> =>
  runInDurableObject(roomOf(stream), (_, { storage }) => storage.sql.exec(query).toArray());

/** A registry with these streams. */
export const registryWith = (
  streams: Readonly<Record<string, Partial<Stream>>>,
): ArriveDeps["registry"] => ({
  find: async (id) => {
    const known = streams[id];
    return known === undefined
      ? undefined
      : {
          id,
          broadcaster: "b",
          title: id,
          status: "live",
          visibility: "public",
          expectedViewers: 0,
          ...known,
        };
  },
});

const LONG_MS = 600_000;

/** As if what the room did last, and who was there, were long past: nothing is in the way of what waits. */
export const letTimePass = async (stream: string): Promise<void> => {
  await settle(stream);
  await sqlOf(stream, `UPDATE told SET at = at - ${LONG_MS}`);
  await sqlOf(
    stream,
    `UPDATE sessions SET started_at = started_at - ${LONG_MS}, ended_at = ended_at - ${LONG_MS}`,
  );
  await evictDurableObject(roomOf(stream), { webSockets: "hibernate" });
};

/** Rows of a table of the database that are of a stream. */
export const rowsOfStream = async (table: string, stream: string) => {
  const query = env.DB.prepare(`SELECT * FROM ${table} WHERE stream_id = ?`);
  return (await query.bind(stream).all()).results;
};
