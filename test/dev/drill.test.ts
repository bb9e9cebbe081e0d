import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proveDrills } from "../../dev/prove/drill.ts";
import { NO_MYSQL } from "../support/mysql.ts";
import { removeState } from "../support/remove-state.ts";

test.skipIf(NO_MYSQL)(
  "whatever part of the service is lost under its clients, every number is that of the clients again",
  async () => {
    const state = mkdtempSync(join(tmpdir(), "headcount-drill-"));
    const lines: string[] = [];
    const reports = await proveDrills({
      ...{ clients: 20, beatMs: 2_000, quietMs: 1_500, outageMs: 4_000, flushEveryMs: 1_000 },
      patient: false,
      waves: [["runtime"], ["asleep", "aborted", "wiped", "database"]],
      ...{ state, log: (line) => lines.push(line) },
    });
    const complaints = reports.flatMap(({ drill, complaints: its }) =>
      its.map((complaint) => `${drill}: ${complaint}`),
    );
    expect(complaints, lines.join("\n")).toEqual([]);
    expect(reports).toHaveLength(6);
    removeState(state);
  },
  240_000,
);
