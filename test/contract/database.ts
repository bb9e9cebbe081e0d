import { describe, expect, test } from "vitest";
import type { ContentId } from "../../src/core/ids.ts";
import { AGEING_TABLES } from "../../src/core/partitions.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { AuditEntry } from "../../src/ports/audit-entry.ts";
import type { CellRecord, Database, JobRun, TotalRecord } from "../../src/ports/database.ts";

/** What the suite looks at behind the port: rows nobody reads through it. */
export interface DatabaseUnderTest {
  readonly database: Database;
  auditEntries(
    subject: string,
  ): Promise<readonly { readonly id: string; readonly detail: string }[]>;
}

const HOUR = Date.UTC(2026, 10, 21, 9);

let made = 0;
const fresh = (name: string): ContentId => {
  made += 1;
  return `${name}-${made}` as ContentId;
};

const cell = (
  content: ContentId,
  views: number,
  version: number,
  more: Partial<CellRecord> = {},
) => ({
  content,
  hour: HOUR,
  shard: 3,
  views,
  final: false,
  stamp: stamp(1, version),
  ...more,
});

const total = (content: ContentId, published: number, version: number, shard = 3): TotalRecord => ({
  content,
  shard,
  closed: version,
  closedThrough: HOUR - version,
  published,
  start: 2 * version,
  restated: -version,
  stamp: stamp(1, version),
});

/** All cells of the content. */
const cellsOf = ({ counts }: Database, content: ContentId): Promise<readonly CellRecord[]> =>
  counts.hours(content, 0, Number.MAX_SAFE_INTEGER);

const audit = (subject: string, id = crypto.randomUUID()): AuditEntry => ({
  id,
  at: HOUR,
  actor: "admin-key",
  action: "content.put",
  subject,
  before: undefined,
  after: { subject },
});

const run = (job: string, startedAt: number): JobRun => ({
  id: crypto.randomUUID(),
  job,
  startedAt,
  durationMs: 12,
  rows: 3,
  statements: 2,
  failures: 1,
  detail: '[{"shard":1}]',
});

/** The promises of the port `Database`, for any adapter of it. */
export const databaseContract = (open: () => DatabaseUnderTest): void => {
  describe("cells and totals", () => {
    test("a value with a newer stamp takes the place of the older", async () => {
      const { database } = open();
      const content = fresh("newer");
      await database.counts.saveCells([cell(content, 1, 1)]);
      await database.counts.saveCells([cell(content, 5, 2, { final: true })]);
      expect(await cellsOf(database, content)).toEqual([cell(content, 5, 2, { final: true })]);
    });

    test("a value with an older or the same stamp changes nothing, also one of an older generation", async () => {
      const { database } = open();
      const content = fresh("older");
      await database.counts.saveCells([cell(content, 5, 9)]);
      await database.counts.saveCells([cell(content, 1, 8)]);
      await database.counts.saveCells([cell(content, 2, 9)]);
      await database.counts.saveCells([cell(content, 3, 0, { stamp: stamp(0, 1_000) })]);
      expect(await cellsOf(database, content)).toEqual([cell(content, 5, 9)]);
    });

    test("a statement's rows stand for themselves: one old row does not hold back the others", async () => {
      const { database } = open();
      const [a, b] = [fresh("row"), fresh("row")];
      await database.counts.saveTotals([total(a, 10, 5)]);
      await database.counts.saveTotals([total(b, 7, 4), total(a, 1, 4)]);
      const found = await database.counts.totals([a, b]);
      expect(new Set(found)).toEqual(new Set([total(a, 10, 5), total(b, 7, 4)]));
    });

    test("a row's key is content, hour and shard", async () => {
      const { database } = open();
      const content = fresh("key");
      const rows = [
        cell(content, 1, 1),
        cell(content, 2, 1, { shard: 4 }),
        cell(content, 3, 1, { hour: HOUR + 3_600_000 }),
      ];
      await database.counts.saveCells(rows);
      expect(new Set(await cellsOf(database, content))).toEqual(new Set(rows));
    });

    test("thousands of rows go in few statements, and no row is lost", async () => {
      const { database } = open();
      const contents = Array.from({ length: 2_500 }, () => fresh("many"));
      const statements = await database.counts.saveTotals(contents.map((id, i) => total(id, i, 1)));
      expect(statements).toBeLessThanOrEqual(5);
      const found = await database.counts.totals(contents);
      expect(found).toHaveLength(2_500);
      expect(
        new Map(found.map((row) => [row.content, row.published])).get(
          contents[2_400] ?? fresh("none"),
        ),
      ).toBe(2_400);
    });

    test("nothing written is no statement, and nothing asked is nothing found", async () => {
      const { database } = open();
      expect(await database.counts.saveCells([])).toBe(0);
      expect(await database.counts.totals([])).toEqual([]);
      expect(await database.counts.totals([fresh("unknown")])).toEqual([]);
    });

    test("counts beyond 32 bits come back as they went", async () => {
      const { database } = open();
      const content = fresh("large");
      await database.counts.saveTotals([total(content, 9_007_199_254_740_000, 1)]);
      expect((await database.counts.totals([content]))[0]?.published).toBe(9_007_199_254_740_000);
    });
  });

  describe("contents", () => {
    test("a content is written as a whole, with an audit entry", async () => {
      const { database, auditEntries } = open();
      const id = fresh("content");
      await database.contents.putContent(
        { id, title: "One", url: "https://a.example/", startViews: 7 },
        audit(id),
      );
      expect(await database.contents.content(id)).toEqual({
        id,
        title: "One",
        url: "https://a.example/",
        category: undefined,
        startViews: 7,
      });
      await database.contents.putContent({ id, title: "Two", startViews: 7 }, audit(id));
      expect(await database.contents.content(id)).toMatchObject({ title: "Two", url: undefined });
      expect(await auditEntries(id)).toHaveLength(2);
    });

    test("an audit entry sent twice is written once", async () => {
      const { database, auditEntries } = open();
      const id = fresh("twice");
      const entry = audit(id);
      await database.contents.putContent({ id, startViews: 0 }, entry);
      await database.contents.putContent({ id, startViews: 0 }, entry);
      expect(await auditEntries(id)).toHaveLength(1);
    });

    test("a content whose category is unknown is refused, with no audit entry left behind", async () => {
      const { database, auditEntries } = open();
      const id = fresh("homeless");
      const put = database.contents.putContent(
        { id, category: "nowhere", startViews: 0 },
        audit(id),
      );
      await expect(put).rejects.toThrow();
      expect(await database.contents.content(id)).toBeUndefined();
      expect(await auditEntries(id)).toEqual([]);
    });

    test("a page introduces itself once; later pages and operators' contents are left alone", async () => {
      const { database } = open();
      const [page, known] = [fresh("page"), fresh("known")];
      await database.contents.introduce(page, { title: "First", url: "https://a.example/1" }, HOUR);
      await database.contents.introduce(page, { title: "Second" }, HOUR + 1);
      expect(await database.contents.content(page)).toMatchObject({
        title: "First",
        startViews: 0,
      });
      await database.contents.putContent({ id: known, title: "Ours", startViews: 0 }, audit(known));
      await database.contents.introduce(known, { title: "Theirs" }, HOUR);
      expect((await database.contents.content(known))?.title).toBe("Ours");
    });

    test("text comes back as it went: quotes, backslashes, all planes of Unicode", async () => {
      const { database } = open();
      const id = fresh("text");
      const title = `'"\\ %_;-- \u0001 Grüße 日本 👩‍👩‍👧`;
      await database.contents.putContent({ id, title, startViews: 0 }, audit(id));
      expect((await database.contents.content(id))?.title).toBe(title);
    });

    test("a category is renamed by writing it again", async () => {
      const { database } = open();
      const id = fresh("category");
      await database.contents.putCategory(id, "News", audit(id));
      await database.contents.putCategory(id, "Nouvelles", audit(id));
      expect(await database.contents.category(id)).toMatchObject({ title: "Nouvelles" });
      expect(await database.contents.category(fresh("category"))).toBeUndefined();
    });
  });

  describe("job runs", () => {
    test("the last run of a job is the one that began last, whenever it was recorded", async () => {
      const { database } = open();
      const job = fresh("job");
      const [early, late] = [run(job, HOUR), run(job, HOUR + 1)];
      await database.jobs.record(late);
      await database.jobs.record(early);
      await database.jobs.record(run(fresh("job"), HOUR + 2));
      expect(await database.jobs.last(job)).toEqual(late);
      expect(await database.jobs.last(fresh("job"))).toBeUndefined();
    });

    test("the last whole run of a job is the last in which nothing failed", async () => {
      const { database } = open();
      const job = fresh("job");
      await database.jobs.record({ ...run(job, HOUR), failures: 1 });
      expect(await database.jobs.lastWhole(job)).toBeUndefined();
      const whole = { ...run(job, HOUR + 1), failures: 0 };
      await database.jobs.record(whole);
      await database.jobs.record({ ...run(job, HOUR + 2), failures: 2 });
      await database.jobs.record({ ...run(fresh("job"), HOUR + 3), failures: 0 });
      expect(await database.jobs.lastWhole(job)).toEqual(whole);
    });

    test("recent runs are those of the job, the youngest first, and no more than asked for", async () => {
      const { database } = open();
      const job = fresh("job");
      const runs = [0, 1, 2].map((later) => run(job, HOUR + later));
      const [first, second, third] = runs;
      for (const one of [second, third, first]) if (one) await database.jobs.record(one);
      await database.jobs.record(run(fresh("job"), HOUR + 3));
      expect(await database.jobs.recent(job, 2)).toEqual([third, second]);
      expect(await database.jobs.recent(job, 20)).toEqual([third, second, first]);
      expect(await database.jobs.recent(fresh("job"), 20)).toEqual([]);
    });

    test("a run recorded twice is there once", async () => {
      const { database } = open();
      const once = run(fresh("job"), HOUR);
      await database.jobs.record(once);
      await expect(database.jobs.record(once)).resolves.toBeUndefined();
      expect(await database.jobs.last(once.job)).toEqual(once);
    });
  });

  describe("rows that are too old", () => {
    const LONG_AGO = Date.UTC(1990, 0);

    test("go a few at a time, the bound itself and what is above it stay", async () => {
      const { database } = open();
      const content = fresh("old");
      const hours = [0, 1, 2, 3].map((hour) => LONG_AGO + hour * 3_600_000);
      await database.counts.saveCells(hours.map((hour) => cell(content, 1, 1, { hour })));
      const below = LONG_AGO + 3 * 3_600_000;
      expect(await database.upkeep.deleteBefore("view_hourly", below, 2)).toBe(2);
      expect(await database.upkeep.deleteBefore("view_hourly", below, 2)).toBe(1);
      expect(await database.upkeep.deleteBefore("view_hourly", below, 2)).toBe(0);
      expect((await cellsOf(database, content)).map(({ hour }) => hour)).toEqual([below]);
    });

    test("are looked for in every table that ages", async () => {
      const { database } = open();
      for (const table of AGEING_TABLES) {
        expect(await database.upkeep.deleteBefore(table, 1, 1)).toBe(0);
      }
    });
  });
};
