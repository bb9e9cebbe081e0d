import type { StreamId } from "../../core/ids.ts";
import {
  ENDED_MAX_AGE_SECONDS,
  LIVE_MAX_AGE_SECONDS,
  LIVE_STALE_MS,
  READ_TIMEOUT_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Stream } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { Rooms } from "../../ports/rooms.ts";
import type { Timers } from "../../ports/timers.ts";
import { PopularMemo } from "../popular-memo.ts";
import { SharedFlights } from "../shared-flights.ts";
import { noNumbers, type StreamNumbers, shownNumbers } from "./stream-numbers.ts";
import type { StreamRegistry } from "./stream-registry.ts";

export interface ReadStreamDeps {
  readonly registry: Pick<StreamRegistry, "find">;
  readonly rooms: Pick<Rooms, "numbers">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

export type StreamCount =
  | (StreamNumbers & {
      readonly stream: StreamId;
      /** `database`: there is no room to ask. */
      readonly source: "memo" | "room" | "database";
      /** Nothing newer could be had. */
      readonly stale?: true;
    })
  /** Nothing that may be shown could be had now. */
  | { readonly stream: StreamId; readonly status: "aggregating" };

export type StreamRead =
  | {
      readonly status: "read";
      readonly count: StreamCount;
      /** How long the answer may be cached, s; 0 when something better may be had at once. */
      readonly maxAgeSeconds: number;
    }
  | { readonly status: "unknown-stream" }
  /** Whether there is such a stream cannot be known now. */
  | { readonly status: "no-registry" }
  /** The room does not answer; said to who wanted nothing else. */
  | { readonly status: "no-room" };

/**
 * Reads a stream's numbers down a ladder: from the isolate's memory while fresh, from its room, and when that does not
 * answer from memory again. No object is asked for a stream nobody registered, or one that is not live yet.
 */
export class StreamReader {
  readonly #deps: ReadStreamDeps;
  readonly #memo = new PopularMemo<StreamId, StreamNumbers>();
  readonly #flights: SharedFlights<StreamId, StreamNumbers>;

  constructor(deps: ReadStreamDeps) {
    this.#deps = deps;
    this.#flights = new SharedFlights({ ...deps, timeoutMs: READ_TIMEOUT_MS });
  }

  async read(id: StreamId): Promise<StreamRead> {
    const { clock } = this.#deps;
    this.#memo.noteRead(id, clock.now());
    const fresh = this.#memo.fresh(id, clock.now());
    if (fresh !== undefined) return told({ stream: id, source: "memo", ...fresh });
    const stream = await this.#find(id);
    if (stream === undefined) return { status: "unknown-stream" };
    if (stream === "no-registry") {
      const last = this.#last(id);
      return last === undefined ? { status: "no-registry" } : told(last);
    }
    if (stream.status === "planned") return told(this.#planned(id));
    const asked = await this.#flights.get([id], () => this.#fetch(stream));
    const numbers = asked.get(id);
    if (numbers !== undefined) return told({ stream: id, source: "room", ...numbers });
    return told(this.#last(id) ?? { stream: id, status: "aggregating" });
  }

  /** Tells the numbers that are, or none. */
  async readStrong(id: StreamId): Promise<StreamRead> {
    const stream = await this.#find(id);
    if (stream === undefined) return { status: "unknown-stream" };
    if (stream === "no-registry") return { status: "no-registry" };
    if (stream.status === "planned") return told(this.#planned(id));
    const numbers = (await this.#fetch(stream)).get(id);
    if (numbers === undefined) return { status: "no-room" };
    return told({ stream: id, source: "room", ...numbers });
  }

  async #find(id: StreamId): Promise<Stream | "no-registry" | undefined> {
    try {
      return await this.#deps.registry.find(id);
    } catch (cause) {
      this.#deps.log.error("streams.registry-unreachable", { cause: `${cause}` });
      return "no-registry";
    }
  }

  async #fetch({ id, status }: Stream): Promise<ReadonlyMap<StreamId, StreamNumbers>> {
    const { rooms, clock, log } = this.#deps;
    try {
      const answer = await rooms.numbers(id);
      const now = clock.now();
      const numbers =
        answer.outcome === "numbers"
          ? shownNumbers(answer)
          : noNumbers(status === "ended" ? "ended" : "planned", now);
      this.#memo.remember(id, numbers, now);
      return new Map([[id, numbers]]);
    } catch (cause) {
      log.error("streams.room-unreachable", { stream: id, cause: `${cause}` });
      return new Map();
    }
  }

  /** Numbers older than a minute are not shown as if the stream were live; those of an end stay true. */
  #last(id: StreamId): StreamCount | undefined {
    const last = this.#memo.last(id);
    if (last === undefined) return undefined;
    const old = this.#deps.clock.now() - last.asOf >= LIVE_STALE_MS;
    if (old && last.status !== "ended") return undefined;
    return { stream: id, source: "memo", stale: true, ...last };
  }

  #planned(stream: StreamId): StreamCount {
    return { stream, source: "database", ...noNumbers("planned", this.#deps.clock.now()) };
  }
}

const told = (count: StreamCount): StreamRead => {
  const worse = count.status === "aggregating" || count.stale;
  const age = count.status === "ended" ? ENDED_MAX_AGE_SECONDS : LIVE_MAX_AGE_SECONDS;
  return { status: "read", count, maxAgeSeconds: worse ? 0 : age };
};
