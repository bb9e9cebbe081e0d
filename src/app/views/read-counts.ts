import type { ContentId } from "../../core/ids.ts";
import { READ_TIMEOUT_MS } from "../../core/limits.ts";
import { homesOf, type ShardSchedule } from "../../core/views/shards.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Tallies } from "../../ports/tallies.ts";
import type { Timers } from "../../ports/timers.ts";
import { SharedFlights } from "../shared-flights.ts";
import { CountMemo, type KnownCount } from "./count-memo.ts";

export interface ReadCountsDeps {
  readonly tallies: Pick<Tallies, "counts">;
  readonly schedule: ShardSchedule;
  readonly clock: Clock;
  readonly timers: Timers;
}

export interface Count extends KnownCount {
  readonly content: ContentId;
  readonly source: "memo" | "tally";
  /** Nothing newer could be had. */
  readonly stale?: true;
}

export interface CountsRead {
  readonly counts: readonly Count[];
  /** How long the answer may be cached, s. */
  readonly maxAgeSeconds: number;
}

/** Reads published numbers: from the isolate's memory while fresh, else from the Tallies. */
export class CountReader {
  readonly #deps: ReadCountsDeps;
  readonly #memo = new CountMemo();
  readonly #flights: SharedFlights<ContentId, KnownCount>;

  constructor(deps: ReadCountsDeps) {
    this.#deps = deps;
    this.#flights = new SharedFlights({ ...deps, timeoutMs: READ_TIMEOUT_MS });
  }

  /**
   * @param contents different ones
   * @param strong asks the Tallies whatever is remembered, and never answers what is stale
   * @throws when a Tally does not answer and nothing is remembered
   */
  async read(contents: readonly ContentId[], strong: boolean): Promise<CountsRead> {
    const now = this.#deps.clock.now();
    const ages = contents.map((content) => this.#memo.noteRead(content, now));
    const counts = strong
      ? await this.#ask(contents, true)
      : await this.#readMemoFirst(contents, now);
    return { counts, maxAgeSeconds: Math.min(...ages) };
  }

  async #readMemoFirst(contents: readonly ContentId[], now: number): Promise<readonly Count[]> {
    const missing = contents.filter((content) => this.#memo.fresh(content, now) === undefined);
    const asked =
      missing.length > 0 ? await this.#ask(missing, false).catch(this.#recall(missing)) : [];
    const answers = new Map(asked.map((count) => [count.content, count]));
    return contents.flatMap((content): Count | [] => {
      const known = answers.get(content) ?? this.#memo.fresh(content, now);
      return known === undefined ? [] : { content, source: "memo", ...known };
    });
  }

  async #ask(contents: readonly ContentId[], strong: boolean): Promise<readonly Count[]> {
    const fetch = (wanted: readonly ContentId[]) => this.#fetch(wanted);
    const known = await (strong ? fetch(contents) : this.#flights.get(contents, fetch));
    return contents.flatMap((content): Count | [] => {
      const count = known.get(content);
      return count === undefined ? [] : { content, source: "tally", ...count };
    });
  }

  /** Rather the last number than none; it says that it is stale. */
  #recall(contents: readonly ContentId[]) {
    return (cause: unknown): readonly Count[] =>
      contents.map((content) => {
        const last = this.#memo.last(content);
        if (last === undefined) throw cause;
        return { content, source: "memo", stale: true, ...last };
      });
  }

  /** One call a shard; a content's number is the sum of its homes' parts. */
  async #fetch(contents: readonly ContentId[]): Promise<ReadonlyMap<ContentId, KnownCount>> {
    const { tallies, schedule, clock } = this.#deps;
    const byShard = new Map<number, ContentId[]>();
    for (const content of contents) {
      for (const shard of homesOf(schedule, content)) {
        const wanted = byShard.get(shard);
        if (wanted === undefined) byShard.set(shard, [content]);
        else wanted.push(content);
      }
    }
    const answers = await Promise.all([...byShard].map((part) => tallies.counts(...part)));
    const asOf = Math.min(...answers.map((answer) => answer.asOf));
    const known = new Map<ContentId, KnownCount>();
    for (const { content, views } of answers.flatMap(({ counts }) => counts)) {
      known.set(content, { views: views + (known.get(content)?.views ?? 0), asOf });
    }
    for (const [content, count] of known) this.#memo.remember(content, count, clock.now());
    return known;
  }
}
