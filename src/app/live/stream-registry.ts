import type { StreamId } from "../../core/ids.ts";
import {
  MEMO_MAX_ENTRIES,
  READ_TIMEOUT_MS,
  REGISTERED_MEMO_MS,
  UNREGISTERED_MEMO_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RegistryTables, Stream } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import { isResting } from "../../ports/resting.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import { BoundedMap } from "../bounded-map.ts";
import { SharedFlights } from "../shared-flights.ts";

export interface StreamRegistryDeps {
  readonly streams: Pick<RegistryTables, "findStreams">;
  readonly clock: Clock;
  /** Each request that waits has a timer of its own. */
  readonly timers: Timers;
  readonly log: Log;
}

/** What the database said; without a stream it knows none. */
interface Known {
  readonly stream: Stream | undefined;
  readonly until: number;
}

/**
 * Which streams there are, remembered in the isolate, known and unknown alike: only a registered id ever names an
 * object. While the database does not answer, a stream known before is what it was. That it does not is logged here, once
 * for all who wait: not by who asks.
 */
export class StreamRegistry {
  readonly #deps: StreamRegistryDeps;
  readonly #memo = new BoundedMap<StreamId, Known>(MEMO_MAX_ENTRIES);
  readonly #flights: SharedFlights<StreamId, Known>;

  constructor(deps: StreamRegistryDeps) {
    this.#deps = deps;
    this.#flights = new SharedFlights({ ...deps, timeoutMs: READ_TIMEOUT_MS });
  }

  /** @throws when it cannot be known now */
  async find(id: StreamId): Promise<Stream | undefined> {
    const found = (await this.findAll([id])).get(id);
    if (found === undefined) throw new Error("the registry does not answer");
    return found.stream;
  }

  /** @returns of each id what is known; those of which nothing can be known now are absent */
  async findAll(
    ids: readonly StreamId[],
  ): Promise<ReadonlyMap<StreamId, { readonly stream: Stream | undefined }>> {
    const now = this.#deps.clock.now();
    const found = new Map<StreamId, Known>();
    for (const id of ids) {
      const known = this.#memo.get(id);
      if (known !== undefined && now < known.until) found.set(id, known);
    }
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    const fetched = await this.#flights.get(missing, (wanted) => this.#fetch(wanted));
    for (const id of missing) {
      const known = fetched.get(id) ?? this.#keep(id);
      if (known !== undefined) found.set(id, known);
    }
    return found;
  }

  /** It has just been changed here; what is being asked at the moment may be older, and is remembered all the same for its time. */
  forget(id: StreamId): void {
    this.#memo.delete(id);
  }

  async #fetch(ids: readonly StreamId[]): Promise<ReadonlyMap<StreamId, Known>> {
    const rows = await this.#ask(ids);
    const now = this.#deps.clock.now();
    const found = new Map(rows.map((stream) => [stream.id, stream]));
    return new Map(ids.map((id) => [id, this.#remember(id, found.get(id), now)]));
  }

  async #ask(ids: readonly StreamId[]): Promise<readonly Stream[]> {
    const { streams, timers, log } = this.#deps;
    try {
      const asked = streams.findStreams(ids);
      return await demandWithin(asked, READ_TIMEOUT_MS, "the registry", timers);
    } catch (cause) {
      if (!isResting(cause)) log.warn("registry.database-unreachable", { cause: `${cause}` });
      throw cause;
    }
  }

  /** Only a live stream is believed for long, its room says when it ends: a planned one may begin at any moment. */
  #remember(id: StreamId, stream: Stream | undefined, now: number): Known {
    const life = stream?.status === "live" ? REGISTERED_MEMO_MS : UNREGISTERED_MEMO_MS;
    const known = { stream, until: now + life };
    this.#memo.set(id, known);
    return known;
  }

  /** Nobody waits for a database that is away more often than for one that knows no such stream. */
  #keep(id: StreamId): Known | undefined {
    const last = this.#memo.get(id);
    if (last?.stream === undefined) return undefined;
    const known = { ...last, until: this.#deps.clock.now() + UNREGISTERED_MEMO_MS };
    this.#memo.set(id, known);
    return known;
  }
}
