import type { StreamId } from "../../core/ids.ts";
import {
  ENDED_MAX_AGE_SECONDS,
  LIVE_MAX_AGE_SECONDS,
  LIVE_STALE_MS,
  READ_MODEL_TIMEOUT_MS,
  READ_TIMEOUT_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Stream } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { ReadModel } from "../../ports/read-model.ts";
import { descendForOne } from "../descend.ts";
import { PopularMemo } from "../popular-memo.ts";
import type { ReadSavedDeps } from "../read-saved.ts";
import { SharedFlights } from "../shared-flights.ts";
import { savedStream } from "./saved-streams.ts";
import { isShown, noNumbers, type StreamNumbers, shownNumbers } from "./stream-numbers.ts";
import type { StreamRegistry } from "./stream-registry.ts";

export interface ReadStreamDeps extends ReadSavedDeps {
  /** Absent where nobody publishes and the objects answer readers themselves. */
  readonly published?: Pick<ReadModel, "stream"> | undefined;
  readonly objects: Pick<ReadModel, "stream">;
  readonly registry: Pick<StreamRegistry, "find">;
  readonly clock: Clock;
  readonly log: Log;
}

interface ToldStream extends StreamNumbers {
  readonly stream: StreamId;
  /** `database`: there is no room to ask, or, where it is stale, none that answers. */
  readonly source: "memo" | "readmodel" | "room" | "database";
  /** Nothing newer could be had. */
  readonly stale?: true;
}

export type StreamCount =
  | ToldStream
  /** Nothing that may be shown could be had now. */
  | { readonly stream: StreamId; readonly status: "aggregating" };

export type StreamRead =
  | {
      readonly status: "read";
      readonly count: StreamCount;
      /** How long the answer may be cached, s; 0 when something better may be had at once. */
      readonly maxAgeSeconds: number;
    }
  | { readonly status: "unknown-stream" };

/** To who wants the numbers that are, or none. */
export type StrongStreamRead =
  | StreamRead
  /** Whether there is such a stream cannot be known now. */
  | { readonly status: "no-registry" }
  | { readonly status: "no-room" };

/**
 * Reads a stream's numbers down a ladder: from the isolate's memory while fresh, from the read model where there is one,
 * from its room, and when that does not answer from the database or from memory, whichever is younger. Only streams
 * that were started are published or saved, but before a room is asked the registry has to know the stream: no object
 * is made for one nobody registered, or one that is not live yet.
 */
export class StreamReader {
  readonly #deps: ReadStreamDeps;
  readonly #memo = new PopularMemo<StreamId, StreamNumbers>();
  readonly #flights: SharedFlights<StreamId, StreamRead>;

  constructor(deps: ReadStreamDeps) {
    this.#deps = deps;
    this.#flights = new SharedFlights({ ...deps, timeoutMs: LADDER_TIMEOUT_MS });
  }

  async read(id: StreamId): Promise<StreamRead> {
    const { clock } = this.#deps;
    this.#memo.noteRead(id, clock.now());
    const fresh = this.#memo.fresh(id, clock.now());
    if (fresh !== undefined) return told({ stream: id, source: "memo", ...fresh });
    const asked = await this.#flights.get([id], async () => new Map([[id, await this.#ask(id)]]));
    const [last] = this.#last(id);
    return asked.get(id) ?? told(last ?? { stream: id, status: "aggregating" });
  }

  /** Tells the numbers that are, or none. */
  async readStrong(id: StreamId): Promise<StrongStreamRead> {
    const stream = await this.#find(id);
    if (stream === undefined) return { status: "unknown-stream" };
    if (stream === "no-registry") return { status: "no-registry" };
    if (stream.status === "planned") return told(this.#planned(id));
    const asked = await this.#askRoom(stream);
    return asked === undefined ? { status: "no-room" } : told(asked);
  }

  async #ask(id: StreamId): Promise<StreamRead> {
    const { published } = this.#deps;
    const found = published && (await this.#askNow(id, "readmodel", () => published.stream(id)));
    if (found !== undefined) return told(found);
    const stream = await this.#find(id);
    if (stream === undefined) return { status: "unknown-stream" };
    if (stream === "no-registry") return told(await this.#fallBack(id));
    if (stream.status === "planned") return told(this.#planned(id));
    return told((await this.#askRoom(stream)) ?? (await this.#fallBack(id, stream)));
  }

  #askRoom({ id, status }: Stream): Promise<StreamCount | undefined> {
    const { objects, clock } = this.#deps;
    const never = status === "ended" ? status : "planned";
    return this.#askNow(
      id,
      "room",
      async () => (await objects.stream(id)) ?? noNumbers(never, clock.now()),
    );
  }

  /** Asks who knows how things stand now, and remembers it. */
  async #askNow(
    id: StreamId,
    source: "readmodel" | "room",
    ask: () => Promise<StreamNumbers | undefined>,
  ): Promise<StreamCount | undefined> {
    const { clock, log } = this.#deps;
    const { found } = await descendForOne([{ source, ask }], log, RUNG_FAILED);
    if (found === undefined) return undefined;
    const numbers = shownNumbers(found.value);
    this.#memo.remember(id, numbers, clock.now());
    return { stream: id, source, ...numbers };
  }

  /** The younger of what database and memory have that may be shown. */
  async #fallBack(id: StreamId, stream?: Stream): Promise<StreamCount> {
    const ask = () => savedStream(this.#deps, id);
    const { found } = await descendForOne(
      [{ source: "database", ask }],
      this.#deps.log,
      RUNG_FAILED,
    );
    const saved: ToldStream[] =
      found === undefined
        ? []
        : [{ stream: id, source: "database", stale: true, ...shownNumbers(found.value) }];
    const [youngest] = [...saved, ...this.#last(id)]
      .filter((numbers) => !isOutlived(numbers, stream))
      .sort((a, b) => b.asOf - a.asOf);
    return youngest ?? { stream: id, status: "aggregating" };
  }

  async #find(id: StreamId): Promise<Stream | "no-registry" | undefined> {
    try {
      return await this.#deps.registry.find(id);
    } catch {
      return "no-registry";
    }
  }

  /** Numbers older than a minute are not shown as if the stream were live; those of an end stay true. */
  #last(id: StreamId): readonly ToldStream[] {
    const last = this.#memo.last(id);
    if (last === undefined || !isShown(last, LIVE_STALE_MS, this.#deps.clock.now())) return [];
    return [{ stream: id, source: "memo", stale: true, ...last }];
  }

  #planned(stream: StreamId): ToldStream {
    return { stream, source: "database", ...noNumbers("planned", this.#deps.clock.now()) };
  }
}

/** One after the other, each given up in its time: the read model, the registry, the room and the database. */
const LADDER_TIMEOUT_MS = READ_MODEL_TIMEOUT_MS + 3 * READ_TIMEOUT_MS;

/** Logged for each rung that fails. */
const RUNG_FAILED = "streams.rung-failed";

/** Numbers of an end after which the stream began anew. */
const isOutlived = ({ status, asOf }: StreamNumbers, stream: Stream | undefined): boolean =>
  status === "ended" && stream?.status === "live" && asOf < (stream.startedAt ?? 0);

const told = (count: StreamCount): StreamRead => {
  const worse = count.status === "aggregating" || count.stale;
  const age = count.status === "ended" ? ENDED_MAX_AGE_SECONDS : LIVE_MAX_AGE_SECONDS;
  return { status: "read", count, maxAgeSeconds: worse ? 0 : age };
};
