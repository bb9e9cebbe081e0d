import { describe, expect, test } from "vitest";
import { EXCLUSION_EFFECTS, EXCLUSION_KINDS } from "../../src/core/views/exclusion.ts";
import type {
  CorrectionRun,
  CorrectionTables,
  ExclusionRecord,
  ExclusionTables,
  StandingExclusion,
} from "../../src/ports/correction-tables.ts";
import type { AuditEntry } from "../../src/ports/database.ts";

export interface CorrectionsUnderTest {
  readonly corrections: CorrectionTables;
  readonly exclusions: ExclusionTables;
  auditEntries(subject: string): Promise<readonly object[]>;
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

const excluded = (more: Partial<ExclusionRecord> = {}): ExclusionRecord => {
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

const auditOf = (subject: string, action: string): AuditEntry => {
  made += 1;
  const deed = { before: undefined, after: { why: "Grüße 日本" } };
  return { id: `audit-${made}`, at: HOUR, actor: "admin-key", action, subject, ...deed };
};

const REVOKED = { at: HOUR + 7, by: "somebody-else", reason: "es war das Büro 🏢" };

const asTold = (record: ExclusionRecord): StandingExclusion => {
  const { id, effect, kind, value, content, fromAt, toAt } = record;
  return { id, effect, kind, value, content, fromAt, toAt };
};

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
    const put = async (...records: readonly ExclusionRecord[]) => {
      for (const record of records) {
        await open().exclusions.put(record, auditOf(record.id, "exclusion.put"));
      }
    };
    const revoke = (id: string, revoked = REVOKED) =>
      open().exclusions.revoke(id, revoked, auditOf(id, "exclusion.revoke"));
    const told = async (rows: readonly ExclusionRecord[], from: number, to: number) => {
      const ids = new Set(rows.map(({ id }) => id));
      const all = await open().exclusions.during(from, to);
      return all.filter(({ id }) => ids.has(id));
    };

    test("those are told that touch the time, both of whose ends are half open, in the order of their ids", async () => {
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
      await put(...all.toReversed());
      expect(await told(all, from, to)).toEqual(touching.map(asTold));
    });

    test("one without an end is told for ever, but not before it begins", async () => {
      const endless = excluded({ toAt: undefined });
      await put(endless);
      expect(await told([endless], HOUR + 1e11, HOUR + 1e11 + 1)).toEqual([asTold(endless)]);
      expect(await told([endless], HOUR - 1, HOUR)).toEqual([]);
    });

    test("one that was taken back is told no more, also for the time before that", async () => {
      const [standing, revoked] = [excluded(), excluded()];
      await put(standing, revoked);
      await revoke(revoked.id);
      expect(await told([standing, revoked], HOUR, HOUR + 1)).toEqual([asTold(standing)]);
    });

    test("each kind and effect is told as it is, of one content or of all, capitals and all", async () => {
      const rows = EXCLUSION_KINDS.flatMap((kind) =>
        EXCLUSION_EFFECTS.flatMap((effect) => [
          excluded({ kind, effect, value: "bot@1", content: "Content-1" }),
          excluded({ kind, effect, value: "00FF00ff00ff00ff" }),
        ]),
      );
      await put(...rows);
      expect(await told(rows, HOUR, HOUR + 1)).toEqual(rows.map(asTold));
    });

    test("one is found as it was put, with its suspicion if it has one; none by an id that nobody put", async () => {
      const about = excluded({ content: "c", suspicion: "suspicion-1", createdAt: later() });
      const endless = excluded({ toAt: undefined });
      await put(about, endless);
      const { exclusions } = open();
      const [found, other] = [await exclusions.find(about.id), await exclusions.find(endless.id)];
      expect(found).toEqual({ ...about, revoked: undefined });
      expect(other).toEqual({ ...endless, ...NOTHING_MORE });
      expect(await exclusions.find("exclusion-of-nobody")).toBeUndefined();
    });

    test("put twice it is one, stays as it was first put, and is in the audit log once", async () => {
      const { exclusions, auditEntries } = open();
      const record = excluded();
      const audit = auditOf(record.id, "exclusion.put");
      await exclusions.put(record, audit);
      await exclusions.put(record, audit);
      const other = { ...record, value: "another", reason: "another", createdAt: later() };
      await exclusions.put(other, auditOf(record.id, "exclusion.put"));
      expect(await exclusions.find(record.id)).toMatchObject({ value: record.value });
      expect(await auditEntries(record.id)).toMatchObject([
        {
          id: audit.id,
          action: "exclusion.put",
          actor: "admin-key",
          detail: JSON.stringify({ after: { why: "Grüße 日本" } }),
        },
      ]);
    });

    test("taken back it says by whom and why, a second time it stays so, and the audit log has both deeds", async () => {
      const { exclusions, auditEntries } = open();
      const record = excluded();
      await put(record);
      const revoked = { ...record, ...NOTHING_MORE, revoked: REVOKED };
      expect(await revoke(record.id)).toEqual(revoked);
      expect(await revoke(record.id, { at: HOUR + 9, by: "me", reason: "again" })).toEqual(revoked);
      expect(await exclusions.find(record.id)).toEqual(revoked);
      const entries = await auditEntries(record.id);
      expect(new Set(entries.map((entry) => "action" in entry && entry.action))).toEqual(
        new Set(["exclusion.put", "exclusion.revoke"]),
      );
      expect(entries).toHaveLength(2);
    });

    test("put again once it was taken back it stays taken back: that is another decision, with an id of its own", async () => {
      const record = excluded();
      await put(record);
      await revoke(record.id);
      await put(record);
      expect(await told([record], HOUR, HOUR + 1)).toEqual([]);
    });

    test("what nobody put cannot be taken back, and the audit log has nothing of it", async () => {
      expect(await revoke("exclusion-unknown")).toBeUndefined();
      expect(await open().auditEntries("exclusion-unknown")).toEqual([]);
    });

    test("the list has the youngest first, those of one moment by their ids, those taken back too", async () => {
      const at = later();
      const inOrder = [
        excluded({ id: "list-9", createdAt: at + 2 }),
        excluded({ id: "list-3", createdAt: at + 1 }),
        excluded({ id: "list-1", createdAt: at + 1 }),
        excluded({ id: "list-5", createdAt: at }),
      ];
      await put(...inOrder.toReversed());
      await revoke("list-3");
      const { exclusions } = open();
      const ids = (records: readonly ExclusionRecord[]) => records.map(({ id }) => id);
      const listed = await exclusions.list({ limit: 4 });
      expect(ids(listed)).toEqual(["list-9", "list-3", "list-1", "list-5"]);
      expect(listed.map(({ revoked }) => revoked)).toEqual([
        undefined,
        REVOKED,
        undefined,
        undefined,
      ]);
      expect(ids(await exclusions.list({ limit: 2 }))).toEqual(["list-9", "list-3"]);
      expect(ids(await exclusions.list({ limit: 1, before: at + 1 }))).toEqual(["list-5"]);
      expect(await exclusions.list({ limit: 9, before: 1 })).toEqual([]);
    });
  });
};

/** What an optional field that is absent comes back as. */
const NOTHING_MORE = { content: undefined, suspicion: undefined, revoked: undefined };
