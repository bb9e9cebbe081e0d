import { RankingsReader } from "../../src/app/live/read-rankings.ts";
import { StreamReader } from "../../src/app/live/read-stream.ts";
import type { StreamId } from "../../src/core/ids.ts";
import type { CurrentViewers, Stream } from "../../src/ports/database.ts";
import { type ReadModel, ReadModelError } from "../../src/ports/read-model.ts";
import type { LiveEntry, LiveNumbers, RoomNumbers } from "../../src/protocol/room-rpc.ts";
import { HandTime, settled } from "./hand-time.ts";
import { anEntry, aStream } from "./live-fakes.ts";
import { NotedLog } from "./noted-log.ts";
import { readersOf } from "./read-tables.ts";

type Rung = "readmodel" | "object" | "database";

/** What one of the two that know of now has. */
export class LiveNow {
  readonly numbers = new Map<StreamId, RoomNumbers>();
  readonly listed: LiveNumbers[] = [];
}

/** Readers of streams and of their list over rungs that do as they are told. */
export class StreamLadder {
  readonly time = new HandTime();
  readonly log = new NotedLog();
  /** Rungs that were asked, and the registry. */
  readonly calls: string[] = [];
  readonly published = new LiveNow();
  readonly objects = new LiveNow();
  readonly saved = new Map<string, CurrentViewers>();
  readonly registered = new Map<StreamId, Stream>();
  readonly down = new Set<Rung | "registry">();
  readonly streams: StreamReader;
  readonly rankings: RankingsReader;

  constructor(withReadModel: boolean) {
    const deps = {
      clock: this.time,
      timers: this.time,
      log: this.log,
      published: withReadModel ? this.#live("readmodel", this.published) : undefined,
      objects: this.#live("object", this.objects),
      readers: readersOf({
        streams: {
          currents: async (ids) => {
            await this.#reach("database");
            return ids.flatMap((id) => this.saved.get(id) ?? []);
          },
          ranking: async (limit) => {
            await this.#reach("database");
            return [...this.saved.values()].slice(0, limit);
          },
        },
      }),
      registry: {
        find: async (id: StreamId) => {
          await this.#reach("registry");
          return this.registered.get(id);
        },
        findAll: async (ids: readonly StreamId[]) => {
          if (this.down.has("registry")) return new Map();
          return new Map(ids.map((id) => [id, { row: this.registered.get(id) }]));
        },
      },
    };
    this.streams = new StreamReader(deps);
    this.rankings = new RankingsReader(deps);
  }

  register(id: StreamId, more: Partial<Stream> = {}): void {
    this.registered.set(id, aStream(id, { status: "live", ...more }));
  }

  save(id: StreamId, more: Partial<LiveEntry>): void {
    const { samples: _, days: __, ...numbers } = anEntry(id, { asOf: this.time.now(), ...more });
    this.saved.set(id, numbers);
  }

  #live(rung: Rung, has: LiveNow): Pick<ReadModel, "stream" | "live"> {
    return {
      stream: async (id) => {
        await this.#reach(rung);
        return has.numbers.get(id);
      },
      live: async () => {
        await this.#reach(rung);
        return { asOf: this.time.now(), streams: [...has.listed] };
      },
    };
  }

  async #reach(rung: Rung | "registry"): Promise<void> {
    this.calls.push(rung);
    await settled();
    if (this.down.has(rung)) throw new ReadModelError("away");
  }
}

/** A room's numbers. */
export const roomNumbers = (id: StreamId, more: Partial<RoomNumbers>): RoomNumbers => {
  const { stream, status, viewers, peak, total, uniqueToday, startedAt, asOf, stamp } = anEntry(id);
  const known = { stream, status, viewers, peak, total, uniqueToday, startedAt, asOf, stamp };
  return { ...known, recent: 1, ...more };
};
