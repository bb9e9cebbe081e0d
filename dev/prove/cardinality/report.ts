/** What came of random names: what does not hold, in words, and a table. */
import { sum } from "../settled-counts.ts";
import type { Inventory } from "./inventory.ts";
import type { Cost } from "./probes.ts";

export interface Probed {
  readonly name: string;
  readonly requests: number;
  readonly ids: number;
  /** Requests by how they were answered. */
  readonly answers: ReadonlyMap<string, number>;
  /** Of the stores, all requests together. */
  readonly calls: Cost;
  /** A request, on average. */
  readonly most: Cost;
}

export interface CardinalityReport {
  readonly ids: readonly Probed[];
  readonly queries: readonly Probed[];
  readonly before: Inventory;
  readonly after: Inventory;
  /** Of the runtime's process. */
  readonly memoryKb: { readonly before: number; readonly after: number };
  /** Files of the state that have one of the random ids. */
  readonly found: readonly string[];
  /** Files that have the id of a view that was counted. */
  readonly plantedFound: number;
  readonly durationMs: number;
}

/** Runs of crons are noted whoever asks for what. */
const GROWS_BY_ITSELF: ReadonlySet<string> = new Set(["rows job_runs"]);

/** Calls that no request has asked for: Tallies and rooms tell of what was before. */
const SLACK = 3;

/** @returns what does not hold; empty when all does */
export const complaintsOf = (report: CardinalityReport): readonly string[] => {
  const { ids, queries, before, after, found, plantedFound } = report;
  const complaints: string[] = [];
  for (const [name, count] of after) {
    const had = before.get(name) ?? 0;
    if (count > had && !GROWS_BY_ITSELF.has(name))
      complaints.push(`${name}: ${had}, then ${count}`);
  }
  for (const file of found) complaints.push(`a random id is in ${file}`);
  if (plantedFound === 0) complaints.push("not even a counted content was found in the files");
  for (const { name, requests, answers, calls, most } of [...ids, ...queries]) {
    for (const store of ["database", "readModel"] as const) {
      if (calls[store] <= most[store] * requests + SLACK) continue;
      complaints.push(`${name}: ${calls[store]} calls of ${store} for ${requests} requests`);
    }
    for (const answer of answers.keys()) {
      if (answer.startsWith("5")) complaints.push(`${name}: answered ${answer}`);
    }
  }
  for (const { name, answers } of queries) {
    const refused = [...answers.keys()].every((answer) => answer.startsWith("400"));
    if (name.startsWith("/v1/") && !refused) {
      complaints.push(`${name}: a random query is answered ${[...answers.keys()].join(", ")}`);
    }
  }
  return complaints;
};

export const linesOf = (report: CardinalityReport): readonly string[] => {
  const { ids, queries, before, after, memoryKb, found, plantedFound } = report;
  const changed = [...after].filter(([name, count]) => count !== (before.get(name) ?? 0));
  const total = (of: readonly Probed[], what: "ids" | "requests") =>
    sum(of.map((probed) => probed[what]));
  return [
    row("random ids", "requests", "ids", "database", "readmodel", "answers"),
    ...ids.map(lineOf),
    "",
    row("random queries", "requests", "", "database", "readmodel", "answers"),
    ...queries.map(lineOf),
    "",
    row("what there is", "before", "after"),
    ...[...after].map(([name, count]) => row(name, before.get(name) ?? 0, count)),
    "",
    `${total(ids, "ids")} random ids in ${total(ids, "requests")} requests, ${total(queries, "requests")} random queries, in ${Math.round(report.durationMs / 1_000)} s`,
    `changed: ${changed.map(([name]) => name).join(", ") || "nothing"}; files with a random id: ${found.length}, with the counted one: ${plantedFound}`,
    `memory of the runtime: ${Math.round(memoryKb.before / 1024)} MB, then ${Math.round(memoryKb.after / 1024)} MB`,
  ];
};

const lineOf = ({ name, requests, ids, answers, calls }: Probed): string =>
  row(
    ...[name, requests, ids, calls.database, calls.readModel],
    [...answers].map(([answer, times]) => `${answer} ${times}`).join(", "),
  );

const row = (...cells: readonly (string | number)[]): string => {
  const [name = "", ...rest] = cells;
  const numbers = rest.slice(0, 4).map((cell) => `${cell}`.padStart(10));
  return `${`${name}`.padEnd(38)}${numbers.join("")}  ${rest[4] ?? ""}`.trimEnd();
};
