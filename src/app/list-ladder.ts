import { RANKING_MEMO_LISTS, RANKING_MEMO_MS } from "../core/limits.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Timers } from "../ports/timers.ts";
import { BoundedMap } from "./bounded-map.ts";
import { descendForOne, type Step } from "./descend.ts";
import { SharedFlights } from "./shared-flights.ts";

export interface ListLadderDeps<Found, List> {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Of all its rungs together, ms: after it nobody joins a descent under way. */
  readonly timeoutMs: number;
  /** Logged for each rung that fails. */
  readonly event: string;
  /** What readers are shown of what a rung told. */
  show(found: Found): Promise<Shown<List>>;
  /** Whether readers may still be told of it, as stale, when nothing newer can be had. @param now ms */
  mayBeTold(list: List, now: number): boolean;
}

export interface Shown<List> {
  readonly list: List;
  /** It is not all of what is now. */
  readonly stale: boolean;
}

export interface ToldList<List, Source extends string> extends Shown<List> {
  readonly source: "memo" | Source;
}

/** Who can tell of a list. */
export interface ListRungs<Found, Source extends string> {
  /** How it is, in the order in which they are asked. */
  readonly now: readonly Step<Found, Source>[];
  /** How it was some time ago; asked last. */
  readonly saved?: Step<Found, Source>;
}

export type AskedList<List, Source extends string> =
  | { readonly status: "told"; readonly told: ToldList<List, Source> }
  /** They answer, and there is no such list. */
  | { readonly status: "unknown" }
  | { readonly status: "unanswered" };

/**
 * Lists as readers get them, down a ladder: as the isolate remembers it for a second, from those who know how it is,
 * and when none of them tells, what is saved or remembered, whichever is younger. One question at a time for each list.
 */
export class ListLadder<Found, List extends { readonly asOf: number }, Source extends string> {
  readonly #deps: ListLadderDeps<Found, List>;
  readonly #memo = new BoundedMap<string, ToldList<List, Source> & { readonly readAt: number }>(
    RANKING_MEMO_LISTS,
  );
  readonly #flights: SharedFlights<string, ToldList<List, Source>>;

  constructor(deps: ListLadderDeps<Found, List>) {
    this.#deps = deps;
    this.#flights = new SharedFlights(deps);
  }

  /** @param key of the list @returns undefined: nothing that may be told could be had now */
  async read(
    key: string,
    rungs: ListRungs<Found, Source>,
  ): Promise<ToldList<List, Source> | undefined> {
    const known = this.#memo.get(key);
    if (known !== undefined && this.#deps.clock.now() - known.readAt < RANKING_MEMO_MS) {
      return { ...known, source: "memo" };
    }
    const asked = await this.#flights.get([key], async () => {
      const told = await this.#descend(key, rungs);
      return new Map(told && [[key, told]]);
    });
    return asked.get(key) ?? this.#last(key);
  }

  /** For who wants how it is, or nothing: past what is remembered. @param steps that know how it is */
  async ask(key: string, steps: readonly Step<Found, Source>[]): Promise<AskedList<List, Source>> {
    const { clock, log, event, show } = this.#deps;
    const { found, failed } = await descendForOne(steps, log, event);
    if (found === undefined) return { status: failed ? "unanswered" : "unknown" };
    const told = { ...(await show(found.value)), source: found.source };
    this.#memo.set(key, { ...told, readAt: clock.now() });
    return { status: "told", told };
  }

  async #descend(
    key: string,
    { now, saved }: ListRungs<Found, Source>,
  ): Promise<ToldList<List, Source> | undefined> {
    const asked = await this.ask(key, now);
    if (asked.status === "told") return asked.told;
    const last = this.#last(key);
    if (saved === undefined) return last;
    const { log, event, show } = this.#deps;
    const { found } = await descendForOne([saved], log, event);
    if (found === undefined) return last;
    const { list } = await show(found.value);
    if (last !== undefined && last.list.asOf > list.asOf) return last;
    return { list, source: found.source, stale: true };
  }

  #last(key: string): ToldList<List, Source> | undefined {
    const last = this.#memo.get(key);
    if (last === undefined || !this.#deps.mayBeTold(last.list, this.#deps.clock.now())) {
      return undefined;
    }
    return { list: last.list, source: "memo", stale: true };
  }
}
