import fc from "fast-check";
import { expect, test } from "vitest";
import { boundLike, instantOf } from "../../../dev/doctor/bounds.ts";
import { examine } from "../../../dev/doctor/examine.ts";
import type { Partition, Table } from "../../../dev/doctor/server.ts";
import { databaseWith, goodServer, partitionsUntil } from "./good-server.ts";

const judge = (table: Table | undefined) =>
  examine(goodServer({}, { database: databaseWith({ view_hourly: table }) })).find(
    ({ check }) => check === "partitions, view_hourly",
  );

const tableOf = (...ends: readonly string[]): Table => ({
  partitions: partitionsUntil(...ends),
  catchAllHasRows: false,
});

test("bounds ahead of now and an empty catch-all are good", () => {
  expect(judge(tableOf("2026-12-01"))).toMatchObject({ level: "ok", value: "1, to 2026-12-01" });
});

test("a table that is missing, or not partitioned, fails", () => {
  expect(judge(undefined)).toMatchObject({ level: "fail", value: "no such table" });
  expect(judge({ partitions: [], catchAllHasRows: undefined })).toMatchObject({ level: "fail" });
});

test("a table without a catch-all fails, and the statement adds one", () => {
  const partitions = partitionsUntil("2026-12-01").slice(0, 1);
  expect(judge({ partitions, catchAllHasRows: undefined })).toMatchObject({
    level: "fail",
    mend: "ALTER TABLE view_hourly ADD PARTITION (PARTITION pmax VALUES LESS THAN (MAXVALUE));",
  });
});

test("rows in the catch-all fail, and the statement takes them out of it", () => {
  expect(judge({ ...tableOf("2026-11-21"), catchAllHasRows: true })).toMatchObject({
    level: "fail",
    mend:
      "ALTER TABLE view_hourly REORGANIZE PARTITION pmax INTO (PARTITION until_2026_12_01 " +
      `VALUES LESS THAN (${Date.parse("2026-12-01")}), PARTITION pmax VALUES LESS THAN (MAXVALUE));`,
  });
});

test("bounds that end at or before now fail, and those that end within two days warn", () => {
  expect(judge(tableOf("2026-10-01"))).toMatchObject({ level: "fail" });
  expect(judge(tableOf("2026-11-21T12:00:00Z"))).toMatchObject({ level: "fail" });
  expect(judge(tableOf("2026-11-23T11:59:59Z"))).toMatchObject({ level: "warn" });
  expect(judge(tableOf("2026-11-23T12:00:00Z"))).toMatchObject({ level: "ok" });
});

test("a catch-all whose rows are not shown is said to be so, and no failure", () => {
  const table = { ...tableOf("2026-12-01"), catchAllHasRows: undefined };
  expect(judge(table)).toMatchObject({ level: "ok", value: "1, to 2026-12-01, pmax not shown" });
});

test("bounds in a unit that nobody knows are a warning", () => {
  const partitions: Partition[] = [
    { name: "p0", expression: "crc32(`a`)", below: "12" },
    { name: "pmax", expression: "crc32(`a`)", below: "MAXVALUE" },
  ];
  expect(judge({ partitions, catchAllHasRows: false })).toMatchObject({ level: "warn" });
});

const DAY = Date.parse("2026-12-01");
const WRITTEN: readonly [string, string][] = [
  ["`day`", "'2026-12-01'"],
  ["`recorded_at`", "'2026-12-01 00:00:00'"],
  ["to_days(`day`)", "740316"],
  ["unix_timestamp(`at`)", `${DAY / 1_000}`],
  ["unix_timestamp(`at`)", `${DAY / 1_000}.000000`],
  ["`day`", `${DAY / 86_400_000}`],
  ["`hour`", `${DAY / 3_600_000}`],
  ["`day`", "20261201"],
  ["`at`", `${DAY / 1_000}`],
  ["`at`", `${DAY}`],
];

test.for(WRITTEN)("a bound on %s of %s is the first of December", ([expression, below]) => {
  expect(instantOf({ name: "p", expression, below })?.getTime()).toBe(DAY);
});

test("a day written as another bound of its table is read as that day", () => {
  const days = fc.integer({ min: Date.parse("1990-01-01"), max: Date.parse("2099-12-31") });
  const property = fc.property(fc.constantFrom(...WRITTEN), days, ([expression, below], ms) => {
    const day = new Date(Math.floor(ms / 86_400_000) * 86_400_000);
    const written = boundLike({ name: "p", expression, below }, day);
    expect(instantOf({ name: "q", expression, below: written ?? "" })).toEqual(day);
  });
  fc.assert(property);
});
