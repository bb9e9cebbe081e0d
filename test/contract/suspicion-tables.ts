import { describe, expect, test } from "vitest";
import type { AuditEntry } from "../../src/ports/audit-entry.ts";
import type { Suspicion, SuspicionTables } from "../../src/ports/suspicion-tables.ts";

export interface SuspicionsUnderTest {
  readonly suspicions: SuspicionTables;
  auditEntries(subject: string): Promise<readonly { readonly id: string }[]>;
}

const HOUR_MS = 3_600_000;

let made = 0;

/** Each has hours and a time of its own, later than all before. */
const suspicion = (more: Partial<Suspicion> = {}): Suspicion => {
  made += 1;
  const at = Date.UTC(2300, 0) + made * 10 * HOUR_MS;
  return {
    id: `suspicion-${`${made}`.padStart(5, "0")}`,
    content: `content-${made}`,
    kind: "network",
    rule: "network-share@1",
    score: 61,
    status: "open",
    raisedAt: at,
    fromAt: at,
    toAt: at + HOUR_MS,
    detail: JSON.stringify({ culprit: { kind: "network", value: "00ff00ff00ff00ff" } }),
    decided: undefined,
    ...more,
  };
};

const decided = (at: number) => ({ at, by: "admin-key" });

const audit = (subject: string): AuditEntry => ({
  id: crypto.randomUUID(),
  at: Date.UTC(2026, 10, 21),
  actor: "admin-key",
  action: "suspicion.excluded",
  subject,
  before: undefined,
  after: { reason: "Kein Mensch 🤖" },
});

/** The promises of the port `SuspicionTables`, for any adapter of it. */
export const suspicionTablesContract = (open: () => SuspicionsUnderTest): void => {
  describe("suspicions", () => {
    test("one comes back as it was raised, over contents too; one that is not there does not", async () => {
      const { suspicions } = open();
      const rows = [
        suspicion({ detail: JSON.stringify({ note: "'\"\\ %_ Grüße 日本 👩‍👩‍👧‍👦" }), score: 100 }),
        suspicion({ content: "", kind: "visitor", rule: "visitor-velocity@1", score: 0 }),
      ];
      for (const row of rows) await suspicions.raise(row);
      for (const row of rows) expect(await suspicions.find(row.id)).toEqual(row);
      expect(await suspicions.find("suspicion-of-nobody")).toBeUndefined();
    });

    test("raised again, an open one has a new score, end and detail, and all else as it was", async () => {
      const { suspicions } = open();
      const row = suspicion();
      await suspicions.raise(row);
      const news = { score: 90, toAt: row.toAt + 1, detail: '{"views":2}' };
      await suspicions.raise({
        ...row,
        ...news,
        content: "other",
        kind: "browser",
        rule: "browser-share@1",
        raisedAt: row.raisedAt + 5,
        fromAt: row.fromAt + 5,
      });
      expect(await suspicions.find(row.id)).toEqual({ ...row, ...news });
    });

    test("what was decided stays as it was then, whoever raises it", async () => {
      const { suspicions } = open();
      const row = suspicion();
      await suspicions.raise(row);
      const at = row.toAt + 7;
      const after = await suspicions.decide(row.id, "excluded", decided(at), audit(row.id));
      expect(after).toEqual({ ...row, status: "excluded", decided: decided(at) });
      await suspicions.raise({ ...row, score: 99, toAt: row.toAt + 9, detail: "{}" });
      expect(await suspicions.find(row.id)).toEqual(after);
    });

    test("it is decided once: the same again and the other decision change nothing, and leave no entry", async () => {
      const { suspicions, auditEntries } = open();
      const row = suspicion();
      await suspicions.raise(row);
      const first = audit(row.id);
      const after = await suspicions.decide(row.id, "dismissed", decided(row.toAt), first);
      expect(after?.status).toBe("dismissed");
      const later = decided(row.toAt + 1);
      expect(await suspicions.decide(row.id, "dismissed", later, audit(row.id))).toEqual(after);
      expect(await suspicions.decide(row.id, "excluded", later, audit(row.id))).toEqual(after);
      expect((await auditEntries(row.id)).map(({ id }) => id)).toEqual([first.id]);
    });

    test("of what is not there nothing is decided, and no entry is kept", async () => {
      const { suspicions, auditEntries } = open();
      const nobody = suspicion().id;
      const none = await suspicions.decide(nobody, "excluded", decided(1), audit(nobody));
      expect(none).toBeUndefined();
      expect(await auditEntries(nobody)).toEqual([]);
    });

    test("two who decide otherwise at once: one of them has its way, and one entry is kept", async () => {
      const { suspicions, auditEntries } = open();
      const row = suspicion();
      await suspicions.raise(row);
      const answers = await Promise.all([
        suspicions.decide(row.id, "excluded", decided(row.toAt), audit(row.id)),
        suspicions.decide(row.id, "dismissed", decided(row.toAt), audit(row.id)),
      ]);
      const stands = await suspicions.find(row.id);
      expect(stands?.status).not.toBe("open");
      // Who came second is told what stands.
      expect(answers.filter((answer) => answer?.status === stands?.status).length).toBeGreaterThan(
        0,
      );
      expect(await auditEntries(row.id)).toHaveLength(1);
    });

    test("the youngest come first, those of one status when asked, those before a time", async () => {
      const { suspicions } = open();
      const rows = [suspicion(), suspicion(), suspicion()];
      for (const row of rows) await suspicions.raise(row);
      const [first, second, third] = rows.map(({ id }) => id);
      const at = decided(rows[1]?.toAt ?? 0);
      await suspicions.decide(second ?? "", "dismissed", at, audit(second ?? ""));
      const idsOf = async (query: Parameters<SuspicionTables["list"]>[0]) =>
        (await suspicions.list(query)).map(({ id }) => id);
      expect(await idsOf({ limit: 3 })).toEqual([third, second, first]);
      expect(await idsOf({ limit: 2, status: "open" })).toEqual([third, first]);
      expect(await idsOf({ limit: 1, status: "dismissed" })).toEqual([second]);
      expect(await idsOf({ limit: 1, before: rows[2]?.raisedAt })).toEqual([second]);
      expect(await idsOf({ limit: 1, status: "open", before: rows[1]?.raisedAt })).toEqual([first]);
    });

    test("those are told that touch a time, both of whose ends are half open, of any status", async () => {
      const { suspicions } = open();
      const [row, dismissed] = [suspicion(), suspicion()];
      await suspicions.raise(row);
      await suspicions.raise(dismissed);
      await suspicions.decide(dismissed.id, "dismissed", decided(1), audit(dismissed.id));
      const during = async (from: number, to: number) =>
        (await suspicions.during(from, to)).map(({ id }) => id);
      expect(await during(row.fromAt, row.toAt)).toEqual([row.id]);
      expect(await during(row.fromAt - 1, row.fromAt + 1)).toEqual([row.id]);
      expect(await during(row.toAt - 1, row.toAt)).toEqual([row.id]);
      expect(await during(row.fromAt - 1, row.fromAt)).toEqual([]);
      expect(await during(row.toAt, row.toAt + 1)).toEqual([]);
      expect(await during(row.fromAt, dismissed.toAt)).toEqual([row.id, dismissed.id]);
    });
  });
};
