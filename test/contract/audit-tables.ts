import { describe, expect, test } from "vitest";
import type { AuditEntry } from "../../src/ports/audit-entry.ts";
import type { AuditTables } from "../../src/ports/audit-tables.ts";

export interface AuditUnderTest {
  readonly audit: AuditTables;
  /** Puts another text in the place of an entry's detail, as a deletion does. */
  overwrite(id: string, detail: string): Promise<void>;
}

let made = 0;

/** Each later than all before, and than whatever else the database has. */
const entry = (more: Partial<AuditEntry> = {}): AuditEntry => {
  made += 1;
  return {
    id: crypto.randomUUID(),
    at: Date.UTC(2290, 0) + made,
    actor: "admin-key",
    action: "order.flush",
    subject: "all",
    before: undefined,
    after: { note: "'\"\\ %_ Grüße 日本 👩‍👩‍👧" },
    ...more,
  };
};

/** The promises of the port `AuditTables`, for any adapter of it. */
export const auditTablesContract = (open: () => AuditUnderTest): void => {
  describe("the audit log", () => {
    test("entries come back as they were kept, the youngest first, those of one moment together", async () => {
      const { audit } = open();
      const [a, b] = [entry({ before: null, after: [1, "x"] }), entry({ before: { title: "é" } })];
      const c = entry({ at: b.at });
      for (const one of [b, a, c]) await audit.note(one);
      const [first, second, third] = await audit.list({ limit: 3 });
      expect(new Set([first, second])).toEqual(new Set([b, c]));
      expect(third).toEqual(a);
    });

    test("an entry that is sent twice is there once, and never changed", async () => {
      const { audit } = open();
      const one = entry();
      await audit.note(one);
      await audit.note({ ...one, actor: "somebody-else" });
      expect(await audit.list({ limit: 500, before: one.at + 1 })).toContainEqual(one);
      const ids = (await audit.list({ limit: 500 })).map(({ id }) => id);
      expect(ids.filter((id) => id === one.id)).toHaveLength(1);
    });

    test("only those are told that are of the subject, of the actor, and before the time, and no more than asked for", async () => {
      const { audit } = open();
      const subject = `subject-${made}`;
      const actor = `actor-${made}`;
      const [a, b, c, d] = [
        entry({ subject, actor }),
        entry({ subject }),
        entry({ actor }),
        entry({ subject, actor }),
      ];
      for (const one of [a, b, c, d]) await audit.note(one);
      expect(await audit.list({ limit: 9, subject })).toEqual([d, b, a]);
      expect(await audit.list({ limit: 9, actor })).toEqual([d, c, a]);
      expect(await audit.list({ limit: 9, subject, actor })).toEqual([d, a]);
      expect(await audit.list({ limit: 9, subject, before: d.at })).toEqual([b, a]);
      expect(await audit.list({ limit: 1, subject, before: d.at })).toEqual([b]);
      expect(await audit.list({ limit: 9, subject: "of-nobody" })).toEqual([]);
    });

    test("an entry whose detail was taken away, or is none of ours, is told without", async () => {
      const { audit, overwrite } = open();
      for (const detail of ["", "{}", "null", "no JSON", "[1"]) {
        const one = entry();
        await audit.note(one);
        await overwrite(one.id, detail);
        const [told] = await audit.list({ limit: 1 });
        expect(told).toEqual({ ...one, before: undefined, after: undefined });
      }
    });
  });
};
