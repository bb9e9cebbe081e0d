import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";

const MIGRATIONS = resolve(import.meta.dirname, "../../migrations/d1");

const files = readdirSync(MIGRATIONS)
  .filter((name) => name.endsWith(".sql"))
  .toSorted();

test("a D1 with rows in it comes through: totals begin without start values, runs of correction with none known", () => {
  const database = new DatabaseSync(":memory:");
  const apply = (names: readonly string[]): void => {
    for (const name of names) database.exec(readFileSync(join(MIGRATIONS, name), "utf8"));
  };
  apply(files.slice(0, 2));
  database.exec(`
    INSERT INTO view_totals (content_id, shard_id, published, stamp, closed, closed_through)
    VALUES ('a', 3, 9, 's', 5, 7);
    INSERT INTO correction_runs VALUES (3, 3600000, 1795251600000, 'done', 8, 1, 2, 1, 'é');`);
  apply(files.slice(2));
  expect({ ...database.prepare("SELECT * FROM view_totals").get() }).toEqual({
    ...{ content_id: "a", shard_id: 3, published: 9, stamp: "s", closed: 5, closed_through: 7 },
    ...{ start_views: 0, restated: 0 },
  });
  expect({ ...database.prepare("SELECT * FROM correction_runs").get() }).toEqual({
    ...{ shard_id: 3, hour: 3_600_000, run: 1_795_251_600_000, outcome: "done", started_at: 8 },
    ...{ duration_ms: 1, events: 2, changed: 1, detail: "é" },
    ...{ reason: "hourly", views_before: 0, views_after: 0 },
  });
  database.close();
});

test("a D1 with regions in it keeps them, of no city, and takes cities beside them", () => {
  const database = new DatabaseSync(":memory:");
  const apply = (names: readonly string[]): void => {
    for (const name of names) database.exec(readFileSync(join(MIGRATIONS, name), "utf8"));
  };
  apply(files.slice(0, 3));
  database.exec(`
    INSERT INTO view_regions (content_id, day, country, region, shard_id, views, final, stamp)
    VALUES ('a', 20261121, 'DE', 'BE', 3, 7, 1, 's'), ('a', 20261121, 'XX', '', 3, 1, 0, 't');`);
  apply(files.slice(3));
  database.exec(`
    INSERT INTO view_regions (content_id, day, country, region, city, shard_id, views, final, stamp)
    VALUES ('a', 20261121, 'DE', 'BE', 'Berlin', 3, 5, 1, 's');`);
  const rows = database.prepare("SELECT * FROM view_regions ORDER BY country, city").all();
  const at = { content_id: "a", day: 20_261_121, shard_id: 3 };
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { ...at, country: "DE", region: "BE", city: "", views: 7, final: 1, stamp: "s" },
    { ...at, country: "DE", region: "BE", city: "Berlin", views: 5, final: 1, stamp: "s" },
    { ...at, country: "XX", region: "", city: "", views: 1, final: 0, stamp: "t" },
  ]);
  database.close();
});
