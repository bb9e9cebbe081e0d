import { describe, expect, test } from "vitest";
import type {
  CorrectionRun,
  CorrectionTables,
  Exclusion,
  ExclusionTables,
} from "../../src/ports/correction-tables.ts";

/** An exclusion with what only its table knows. */
export interface ExclusionRow extends Exclusion {
  readonly id: string;
  readonly reason: string;
  readonly actor: string;
  readonly createdAt: number;
  readonly revokedAt?: number;
}

export interface CorrectionsUnderTest {
  readonly corrections: CorrectionTables;
  readonly exclusions: ExclusionTables;
  /** Past the port, which only reads. */
  exclude(rows: readonly ExclusionRow[]): Promise<void>;
}

const HOUR = Date.UTC(2026, 10, 21, 9);
const HOUR_MS = 3_600_000;

let made = 0;

/** A time that no other test's runs have, later than all before: ms. */
const later = (): number => {
  made += 1;
  return Date.UTC(2200, 0) + made * HOUR_MS;
};

const runAt = (startedAt: number, more: Partial<CorrectionRun> = {}): CorrectionRun => ({
  shard: 3,
  hour: HOUR,
  run: startedAt,
  reason: "hourly",
  outcome: "done",
  startedAt,
  durationMs: 12,
  events: 100,
  before: 40,
  after: 41,
  changed: 1,
  detail: '{"counted":41}',
  ...more,
});

const excluded = (more: Partial<ExclusionRow> = {}): ExclusionRow => {
  made += 1;
  return {
    id: `exclusion-${`${made}`.padStart(4, "0")}`,
    effect: "exclude",
    kind: "visitor",
    value: `value-${made}`,
    fromAt: HOUR,
    toAt: HOUR + HOUR_MS,
    reason: "Zählt nicht 🙅",
    actor: "admin-key",
    createdAt: HOUR,
    ...more,
  };
};

const asTold = ({ effect, kind, value, content, fromAt, toAt }: ExclusionRow): Exclusion => ({
  ...{ effect, kind, value, content, fromAt, toAt },
});

/** The promises of the ports `CorrectionTables` and `ExclusionTables`, for any adapter of them. */
export const correctionTablesContract = (open: () => CorrectionsUnderTest): void => {
  describe("runs of correction", () => {
    test("a run comes back as it went: runs are unix ms, its detail any text", async () => {
      const { corrections } = open();
      const runs = [
        runAt(later(), { reason: "rebuild", outcome: "gap", detail: "" }),
        runAt(later(), { reason: "carry", outcome: "superseded", before: 0, after: 0 }),
        runAt(later(), {
          reason: "manual",
          outcome: "failed",
          before: 9_007_199_254_740_000,
          after: 9_007_199_254_740_001 - 2,
          detail: JSON.stringify({ note: "'\"\\ %_ Grüße 日本 👩‍👩‍👧‍👦" }),
        }),
      ];
      for (const run of runs) await corrections.record(run);
      expect(await corrections.list({ limit: 3 })).toEqual(runs.toReversed());
    });

    test("a run recorded twice is one row, and stays as it was first recorded", async () => {
      const { corrections } = open();
      const run = runAt(later());
      await corrections.record(run);
      await corrections.record(run);
      await corrections.record({ ...run, outcome: "failed", after: 0, detail: "late" });
      const found = await corrections.list({ limit: 2 });
      expect(found.filter(({ startedAt }) => startedAt === run.startedAt)).toEqual([run]);
    });

    test("the runs of one hour are told apart, so are equal runs of other hours and shards", async () => {
      const { corrections } = open();
      const run = runAt(later());
      const runs = [
        run,
        { ...run, run: run.run + 1 },
        { ...run, hour: HOUR + HOUR_MS },
        { ...run, shard: 4 },
      ];
      for (const each of runs) await corrections.record(each);
      expect(await corrections.list({ limit: 4 })).toEqual(runs.toReversed());
    });

    test("the latest come first, those that began together by their key, whenever they were recorded", async () => {
      const { corrections } = open();
      const at = later();
      const inOrder = [
        runAt(at + 2, { shard: 0 }),
        runAt(at + 1, { shard: 10, hour: HOUR }),
        runAt(at + 1, { shard: 9, hour: HOUR + HOUR_MS }),
        runAt(at + 1, { shard: 9, hour: HOUR, run: 8 }),
        runAt(at + 1, { shard: 9, hour: HOUR, run: 7 }),
        runAt(at, { shard: 11 }),
      ];
      for (const index of [3, 0, 5, 1, 4, 2]) {
        const run = inOrder[index];
        if (run !== undefined) await corrections.record(run);
      }
      expect(await corrections.list({ limit: 6 })).toEqual(inOrder);
      expect(await corrections.list({ limit: 2 })).toEqual(inOrder.slice(0, 2));
      expect(await corrections.list({ limit: 5, before: at + 2 })).toEqual(inOrder.slice(1));
      expect(await corrections.list({ limit: 1, before: at + 1 })).toEqual(inOrder.slice(5));
      expect(await corrections.list({ limit: 10, before: 1 })).toEqual([]);
    });
  });

  describe("exclusions", () => {
    const told = async (rows: readonly ExclusionRow[], from: number, to: number) => {
      const values = new Set(rows.map(({ value }) => value));
      const all = await open().exclusions.during(from, to);
      return all.filter(({ value }) => values.has(value));
    };

    test("those are told that touch the time, both of whose ends are half open", async () => {
      const [from, to] = [HOUR, HOUR + HOUR_MS];
      const touching = [
        excluded({ fromAt: from, toAt: to }),
        excluded({ fromAt: from - 1, toAt: from + 1 }),
        excluded({ fromAt: to - 1, toAt: to + 1 }),
        excluded({ fromAt: from - 1, toAt: to + 1 }),
        excluded({ fromAt: from + 1, toAt: to - 1 }),
      ];
      const beside = [
        excluded({ fromAt: from - 2, toAt: from }),
        excluded({ fromAt: to, toAt: to + 2 }),
      ];
      const all = [...touching, ...beside];
      await open().exclude(all);
      expect(new Set(await told(all, from, to))).toEqual(new Set(touching.map(asTold)));
    });

    test("one without an end is told for ever, but not before it begins", async () => {
      const { toAt: _, ...endless } = excluded();
      await open().exclude([endless]);
      expect(await told([endless], HOUR + 1e11, HOUR + 1e11 + 1)).toEqual([asTold(endless)]);
      expect(await told([endless], HOUR - 1, HOUR)).toEqual([]);
    });

    test("one that was taken back is told no more, also for the time before that", async () => {
      const standing = excluded();
      const revoked = excluded({ revokedAt: HOUR + 1e9 });
      await open().exclude([standing, revoked]);
      expect(await told([standing, revoked], HOUR, HOUR + 1)).toEqual([asTold(standing)]);
    });

    test("each kind is told as it is, of one content or of all", async () => {
      const rows = [
        excluded({ kind: "network", value: "00ff00ff00ff00ff", content: "Content-1" }),
        excluded({ kind: "browser", value: "HeadlessChrome" }),
        excluded({ kind: "user", value: "User_7", content: "content-1" }),
        excluded({ kind: "visitor", value: "00FF00FF00FF00FF" }),
      ];
      await open().exclude(rows);
      expect(new Set(await told(rows, HOUR, HOUR + 1))).toEqual(new Set(rows.map(asTold)));
    });
  });
};
