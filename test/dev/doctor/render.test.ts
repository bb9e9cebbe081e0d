import { expect, test } from "vitest";
import { examine } from "../../../dev/doctor/examine.ts";
import { renderFindings, renderJson } from "../../../dev/doctor/render.ts";
import { goodServer } from "./good-server.ts";

const BAD = goodServer({ sql_mode: "", binlog_format: "MIXED", sync_binlog: "0", log_bin: "ON" });

test("columns stand below each other, whatever is in them", () => {
  const lines = renderFindings(BAD, examine(BAD)).split("\n");
  const header = lines.find((line) => line.includes("check")) ?? "";
  const rows = lines.filter((line) => /^(ok|warn|fail) {2,}\S.* {2}\S/.test(line));
  expect(rows).toHaveLength(examine(BAD).length);
  for (const column of ["check", "found", "needed"]) {
    const at = header.indexOf(column);
    for (const row of rows) expect(row.slice(at - 2, at + 1)).toMatch(/^ {2}\S$/);
  }
});

test("what mends something stands below the table, one line each, and a count last", () => {
  const text = renderFindings(BAD, examine(BAD));
  expect(text).toContain("warn  binlog\n      binlog_format = ROW\n      sync_binlog = 1\n");
  expect(text).toMatch(/fail {2}sql mode\n {6}sql_mode = STRICT_TRANS_TABLES/);
  expect(text).toMatch(/\n18 ok, 1 warn, 1 fail, 0 not shown$/);
});

test("nothing to mend, nothing said of it", () => {
  const server = goodServer({ innodb_io_capacity: undefined });
  const text = renderFindings(server, examine(server));
  expect(text).not.toContain("To mend");
  expect(text).toMatch(/- +io capacity +not shown/);
});

test("machines get the same findings", () => {
  const { version, findings } = JSON.parse(renderJson(BAD, examine(BAD)));
  expect(version).toBe(BAD.version);
  expect(findings).toEqual(examine(BAD));
});
