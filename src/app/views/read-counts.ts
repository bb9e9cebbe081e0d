import type { ContentId } from "../../core/ids.ts";
import { LARGER_MEMO_MS, READ_MODEL_TIMEOUT_MS, READ_TIMEOUT_MS } from "../../core/limits.ts";
import type { ShardSchedule } from "../../core/views/shards.ts";
import { sumHomes } from "../../core/views/sum-homes.ts";
import type { Background } from "../../ports/background.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type {
  ContentCount,
  CountPart,
  ReadModel,
  ReadModelWriter,
} from "../../ports/read-model.ts";
import { descend, type Rung } from "../descend.ts";
import { PopularMemo } from "../popular-memo.ts";
import type { ReadSavedDeps } from "../read-saved.ts";
import { SharedFlights } from "../shared-flights.ts";
import { CountFill } from "./fill.ts";
import { savedCounts } from "./saved-counts.ts";

export interface ReadCountsDeps extends ReadSavedDeps {
  /** Absent where nobody publishes and the objects answer readers themselves. */
  readonly published?: Pick<ReadModel, "counts"> | undefined;
  /** Where to write what it did not have. */
  readonly writer?: Pick<ReadModelWriter, "publishCounts"> | undefined;
  readonly objects: {
    /** What the homes that answered have of the contents, zeros too. */
    countParts(contents: readonly ContentId[]): Promise<readonly CountPart[]>;
  };
  readonly schedule: ShardSchedule;
  readonly clock: Clock;
  readonly log: Log;
}

/** A content's number, and who told it. */
interface ToldCount extends ContentCount {
  readonly source: "memo" | "readmodel" | "tally" | "database";
  /** Nothing newer could be had. */
  readonly stale?: true;
}

export type Count =
  | (ToldCount & { readonly content: ContentId })
  /** Nothing at all could be had now. */
  | { readonly content: ContentId; readonly status: "aggregating" };

export interface CountsRead {
  readonly counts: readonly Count[];
  /** How long the answer may be cached, s; 0 when something better may be had at once. */
  readonly maxAgeSeconds: number;
}

type Asked = "readmodel" | "tally" | "database";

/**
 * Reads published numbers down a ladder: from the isolate's memory while fresh, from the read model where there is one,
 * from the Tallies, from the database, and in the end from memory however old. What stands in front of the Worker
 * caches by headers.
 *
 * A number never falls needlessly. The Tallies are believed whatever they say. What lags behind them, read model and
 * database, is not told while memory has a number that is both larger and younger; both, so that one brought down on
 * purpose gets through with its time, and for `LARGER_MEMO_MS` at most, since the time of a sum is that of its oldest
 * part and may stay as it is. Another isolate may remember less: the SDK shows no number below one it has shown.
 */
export class CountReader {
  readonly #deps: ReadCountsDeps;
  readonly #memo = new PopularMemo<ContentId, ContentCount>();
  readonly #flights: SharedFlights<ContentId, ToldCount>;
  readonly #fill: CountFill | undefined;

  constructor(deps: ReadCountsDeps) {
    this.#deps = deps;
    this.#flights = new SharedFlights({ ...deps, timeoutMs: LADDER_TIMEOUT_MS });
    const { writer, clock, log } = deps;
    this.#fill = writer && new CountFill({ writer, clock, log });
  }

  /** @param contents different ones @param background of the request */
  async read(contents: readonly ContentId[], background: Background): Promise<CountsRead> {
    const now = this.#deps.clock.now();
    const ages = contents.map((content) => this.#memo.noteRead(content, now));
    const told = new Map<ContentId, ToldCount>();
    for (const content of contents) {
      const known = this.#memo.fresh(content, now);
      if (known !== undefined) told.set(content, { ...known, source: "memo" });
    }
    const missing = contents.filter((content) => !told.has(content));
    const asked = await this.#flights.get(missing, (wanted) => this.#ask(wanted, background));
    for (const [content, count] of asked) told.set(content, count);
    const counts = contents.map((content) => this.#answer(content, told.get(content)));
    const worse = counts.some((count) => "status" in count || count.stale);
    return { counts, maxAgeSeconds: worse ? 0 : Math.min(...ages) };
  }

  /** @returns the numbers that are, or `undefined` when a Tally does not answer */
  async readStrong(contents: readonly ContentId[]): Promise<readonly Count[] | undefined> {
    const { objects, schedule, clock } = this.#deps;
    const known = sumHomes(schedule, contents, await objects.countParts(contents));
    for (const [content, count] of known) this.#memo.remember(content, count, clock.now());
    if (known.size < contents.length) return undefined;
    return [...known].map(([content, count]) => ({ content, ...count, source: "tally" }));
  }

  async #ask(
    contents: readonly ContentId[],
    background: Background,
  ): Promise<ReadonlyMap<ContentId, ToldCount>> {
    const { published, log } = this.#deps;
    const parts: CountPart[] = [];
    const rungs: Rung<ContentId, ContentCount, Asked>[] = [
      { source: "tally", ask: (missing) => this.#askTallies(missing, parts) },
      { source: "database", ask: (missing) => savedCounts(this.#deps, missing) },
    ];
    if (published !== undefined) {
      rungs.unshift({ source: "readmodel", ask: (missing) => published.counts(missing) });
    }
    const { found, failed } = await descend(rungs, contents, log, "counts.rung-failed");
    const told = [...found].map(([content, { value, source }]) => ({ content, value, source }));
    if (this.#fill !== undefined && !failed.has("readmodel")) {
      const absent = told.flatMap(({ content, source }) => (source === "tally" ? content : []));
      const due = this.#fill.due(new Set(absent), parts);
      if (due.length > 0) background(this.#fill.write(due));
    }
    return new Map(
      told.map(({ content, value, source }) => [content, this.#judge(content, value, source)]),
    );
  }

  async #askTallies(
    contents: readonly ContentId[],
    parts: CountPart[],
  ): Promise<ReadonlyMap<ContentId, ContentCount>> {
    const { objects, schedule } = this.#deps;
    parts.push(...(await objects.countParts(contents)));
    return sumHomes(schedule, contents, parts);
  }

  /** What is told of what a rung said, which is remembered unless it is stale. */
  #judge(content: ContentId, count: ContentCount, source: Asked): ToldCount {
    const now = this.#deps.clock.now();
    const last = source === "tally" ? undefined : this.#memo.last(content, now - LARGER_MEMO_MS);
    if (last !== undefined && last.views > count.views && last.asOf > count.asOf) {
      return { ...last, source: "memo", stale: true };
    }
    if (source === "database") return { ...count, source, stale: true };
    this.#memo.remember(content, count, now);
    return { ...count, source };
  }

  #answer(content: ContentId, told: ToldCount | undefined): Count {
    if (told !== undefined) return { content, ...told };
    const last = this.#memo.last(content);
    if (last === undefined) return { content, status: "aggregating" };
    return { content, ...last, source: "memo", stale: true };
  }
}

/** One rung after the other, each given up in its time. */
const LADDER_TIMEOUT_MS = READ_MODEL_TIMEOUT_MS + 2 * READ_TIMEOUT_MS;
