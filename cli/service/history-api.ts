/** What a service is told of the past, and what its corrections then say. */
import * as v from "valibot";
import type { ContentId } from "../../src/core/ids.ts";
import type { Ask } from "./ask.ts";

/** As `POST /v1/admin/replay` takes it. */
export interface ReplayedEvent {
  readonly id: string;
  readonly content: ContentId;
  readonly address: string;
  /** Empty: a program that says nothing of itself. */
  readonly userAgent: string;
  readonly purpose?: string;
}

export interface ImportedCount {
  readonly content: string;
  readonly views: number;
}

const POST_TIMEOUT_MS = 30_000;
const READ_TIMEOUT_MS = 15_000;
const PAGE_RUNS = 500;

const Count = v.pipe(v.number(), v.safeInteger());

const Replayed = v.object({
  events: v.array(
    v.object({
      id: v.string(),
      status: v.picklist(["accepted", "refused"]),
      reason: v.optional(v.string()),
    }),
  ),
});

const Imported = v.object({ imported: Count });

const Runs = v.object({
  corrections: v.array(
    v.object({
      ...{ shard: Count, hour: Count, run: Count, startedAt: Count, events: Count },
      ...{ before: Count, after: Count, outcome: v.string() },
      detail: v.object({ copies: v.optional(Count, 0) }),
    }),
  ),
  next: v.optional(Count),
});

export type ReplayAnswer = v.InferOutput<typeof Replayed>["events"][number];
/** One run of correction over an hour of a shard. */
export type HourRun = v.InferOutput<typeof Runs>["corrections"][number];

export interface HistoryApi {
  /** @returns an answer each, in their order */
  replay(events: readonly ReplayedEvent[]): Promise<readonly ReplayAnswer[]>;
  importCounts(counts: readonly ImportedCount[]): Promise<number>;
  /** When the last run began, by the service's clock, ms; 0: there was none. */
  lastRunAt(): Promise<number>;
  /** Runs that began after that, the latest first. */
  runsAfter(startedAt: number): Promise<readonly HourRun[]>;
}

/** Every call throws `Unreachable`, or a `Failure` that trying again does not mend. */
export const historyApi = (ask: Ask): HistoryApi => {
  const post = (body: object) => ({ method: "POST", body: JSON.stringify(body) });
  return {
    async replay(events) {
      return (await ask(Replayed, "replay", POST_TIMEOUT_MS, post({ events }))).events;
    },
    async importCounts(counts) {
      return (await ask(Imported, "import", POST_TIMEOUT_MS, post({ counts }))).imported;
    },
    async lastRunAt() {
      const { corrections } = await ask(Runs, "corrections?limit=1", READ_TIMEOUT_MS);
      return corrections[0]?.startedAt ?? 0;
    },
    async runsAfter(startedAt) {
      const runs: HourRun[] = [];
      for (let before: number | undefined; ; ) {
        const query = before === undefined ? "" : `&before=${before}`;
        const path = `corrections?limit=${PAGE_RUNS}${query}`;
        const page = await ask(Runs, path, READ_TIMEOUT_MS);
        runs.push(...page.corrections.filter((run) => run.startedAt > startedAt));
        const last = page.corrections.at(-1);
        if (page.next === undefined || last === undefined || last.startedAt <= startedAt)
          return runs;
        before = page.next;
      }
    },
  };
};
