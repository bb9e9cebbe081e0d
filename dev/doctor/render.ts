/** What the doctor found, for a terminal and for machines. */
import type { Finding } from "./rule.ts";
import type { Server } from "./server.ts";

const HEADER = ["", "check", "found", "needed"] as const;
const GAP = "  ";

/** A table of all findings; below it what mends those that are not ok; last a count. */
export const renderFindings = (server: Server, findings: readonly Finding[]): string => {
  const rows = findings.map((finding) => [
    finding.level === "not shown" ? "-" : finding.level,
    finding.check,
    finding.level === "not shown" ? "not shown" : finding.value,
    finding.needed,
  ]);
  const mends = findings.flatMap((finding) =>
    "mend" in finding
      ? [
          `${finding.level}  ${finding.check}`,
          ...finding.mend.split("\n").map((line) => `      ${line}`),
        ]
      : [],
  );
  return [
    `${server.address}: ${server.version}`,
    "",
    ...align([HEADER, ...rows]),
    "",
    ...(mends.length === 0 ? [] : ["To mend:", ...mends, ""]),
    summaryOf(findings),
  ].join("\n");
};

export const renderJson = (server: Server, findings: readonly Finding[]): string =>
  JSON.stringify({ address: server.address, version: server.version, findings }, undefined, 2);

/** The last column is not padded: nothing stands behind it. */
const align = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
};

const summaryOf = (findings: readonly Finding[]): string =>
  (["ok", "warn", "fail", "not shown"] as const)
    .map((level) => `${findings.filter((finding) => finding.level === level).length} ${level}`)
    .join(", ");
