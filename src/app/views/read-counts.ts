import type { ContentId } from "../../core/ids.ts";
import { LARGER_MEMO_MS, READ_TIMEOUT_MS } from "../../core/limits.ts";
import { homesOf, type ShardSchedule } from "../../core/views/shards.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Database } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { Tallies } from "../../ports/tallies.ts";
import type { Timers } from "../../ports/timers.ts";
import { PopularMemo } from "../popular-memo.ts";
import { SharedFlights } from "../shared-flights.ts";

export interface ReadCountsDeps {
  readonly tallies: Pick<Tallies, "counts">;
  readonly database: Pick<Database, "counts" | "jobs">;
  readonly schedule: ShardSchedule;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** A content's number as the Tallies told it. */
interface KnownCount {
  readonly views: number;
  /** When it was true, unix ms. */
  readonly asOf: number;
}

export type Count =
  | (KnownCount & {
      readonly content: ContentId;
      readonly source: "memo" | "tally" | "database";
      /** Nothing newer could be had. */
      readonly stale?: true;
    })
  /** Nothing at all could be had now. */
  | { readonly content: ContentId; readonly status: "aggregating" };

export interface CountsRead {
  readonly counts: readonly Count[];
  /** How long the answer may be cached, s; 0 when something better may be had at once. */
  readonly maxAgeSeconds: number;
}

/**
 * Reads published numbers down a ladder: from the isolate's memory while fresh, from the Tallies, and when these do
 * not answer from the database or memory, whichever is larger as long as memory is not old. What stands in front of
 * the Worker caches by headers.
 */
export class CountReader {
  readonly #deps: ReadCountsDeps;
  readonly #memo = new PopularMemo<ContentId, KnownCount>();
  readonly #flights: SharedFlights<ContentId, KnownCount>;

  constructor(deps: ReadCountsDeps) {
    this.#deps = deps;
    this.#flights = new SharedFlights({ ...deps, timeoutMs: READ_TIMEOUT_MS });
  }

  /** @param contents different ones */
  async read(contents: readonly ContentId[]): Promise<CountsRead> {
    const now = this.#deps.clock.now();
    const ages = contents.map((content) => this.#memo.noteRead(content, now));
    const fresh = new Map<ContentId, Count>();
    for (const content of contents) {
      const known = this.#memo.fresh(content, now);
      if (known !== undefined) fresh.set(content, { content, source: "memo", ...known });
    }
    const missing = contents.filter((content) => !fresh.has(content));
    const asked = missing.length === 0 ? fresh : await this.#askOrFallBack(missing);
    const counts = contents.flatMap((content) => fresh.get(content) ?? asked.get(content) ?? []);
    const worse = counts.some((count) => "status" in count || count.stale);
    return { counts, maxAgeSeconds: worse ? 0 : Math.min(...ages) };
  }

  /** @returns the numbers that are, or `undefined` when a Tally does not answer */
  async readStrong(contents: readonly ContentId[]): Promise<readonly Count[] | undefined> {
    const known = await this.#fetch(contents);
    if (known.size < contents.length) return undefined;
    return contents.flatMap((content): Count | [] => {
      const count = known.get(content);
      return count === undefined ? [] : { content, source: "tally", ...count };
    });
  }

  async #askOrFallBack(contents: readonly ContentId[]): Promise<ReadonlyMap<ContentId, Count>> {
    const known = await this.#flights.get(contents, (wanted) => this.#fetch(wanted));
    const counts = new Map<ContentId, Count>();
    for (const [content, count] of known)
      counts.set(content, { content, source: "tally", ...count });
    const lost = contents.filter((content) => !known.has(content));
    if (lost.length === 0) return counts;
    for (const count of await this.#fallBack(lost)) counts.set(count.content, count);
    return counts;
  }

  async #fallBack(contents: readonly ContentId[]): Promise<readonly Count[]> {
    const saved = await this.#readDatabase(contents);
    const since = this.#deps.clock.now() - LARGER_MEMO_MS;
    return contents.map((content) => {
      const last = this.#memo.last(content);
      const stored = saved.get(content);
      const isLarger = last !== undefined && last.views >= (stored?.views ?? 0);
      if (isLarger && (stored === undefined || last.asOf >= since)) {
        return { content, source: "memo", stale: true, ...last };
      }
      if (stored !== undefined) return { content, source: "database", stale: true, ...stored };
      return { content, status: "aggregating" };
    });
  }

  /** As of the last flush in which no shard failed. */
  async #readDatabase(contents: readonly ContentId[]): Promise<ReadonlyMap<ContentId, KnownCount>> {
    const { counts, jobs } = this.#deps.database;
    try {
      const [parts, lastFlush] = await Promise.all([
        counts.totals(contents),
        jobs.lastWhole("flush"),
      ]);
      return sumParts(parts, lastFlush?.startedAt ?? 0);
    } catch (cause) {
      this.#deps.log.error("counts.database-unreachable", { cause: `${cause}` });
      return new Map();
    }
  }

  /** One call a shard; a content's number is the sum of its homes' parts, or absent when one of them does not answer. */
  async #fetch(contents: readonly ContentId[]): Promise<ReadonlyMap<ContentId, KnownCount>> {
    const { schedule, clock } = this.#deps;
    const byShard = new Map<number, ContentId[]>();
    for (const content of contents) {
      for (const shard of homesOf(schedule, content)) {
        const wanted = byShard.get(shard);
        if (wanted === undefined) byShard.set(shard, [content]);
        else wanted.push(content);
      }
    }
    const answers = await Promise.all([...byShard].map((part) => this.#askShard(...part)));
    const asOf = Math.min(...answers.flatMap((answer) => answer?.asOf ?? []));
    const parts = answers.flatMap((answer) => answer?.counts ?? []);
    const known = sumParts(
      parts.map(({ content, views }) => ({ content, published: views })),
      asOf,
    );
    const lost = new Set([...byShard.values()].filter((_, i) => answers[i] === undefined).flat());
    const whole = [...known].filter(([content]) => !lost.has(content));
    for (const [content, count] of whole) this.#memo.remember(content, count, clock.now());
    return new Map(whole);
  }

  async #askShard(shard: number, contents: readonly ContentId[]) {
    try {
      return await this.#deps.tallies.counts(shard, contents);
    } catch (cause) {
      this.#deps.log.error("counts.tally-unreachable", { shard, cause: `${cause}` });
      return undefined;
    }
  }
}

const sumParts = (
  parts: readonly { readonly content: ContentId; readonly published: number }[],
  asOf: number,
): ReadonlyMap<ContentId, KnownCount> => {
  const known = new Map<ContentId, KnownCount>();
  for (const { content, published } of parts) {
    known.set(content, { views: published + (known.get(content)?.views ?? 0), asOf });
  }
  return known;
};
