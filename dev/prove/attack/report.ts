/** What came of an attack: what does not hold, in words, and a table. */
import { sum } from "../settled-counts.ts";
import type { Farmed } from "./farm.ts";

/** Of one kind. */
export interface Tried {
  readonly name: string;
  readonly contents: readonly string[];
  /** Answers that are right. */
  readonly right: readonly string[];
  /** Requests by how they were answered. */
  readonly answers: ReadonlyMap<string, number>;
  /** Views by content. */
  readonly worth: ReadonlyMap<string, number>;
}

export interface AttackReport {
  readonly requests: number;
  /** Sent again after 503 or no answer. */
  readonly repeated: number;
  readonly tried: readonly Tried[];
  /** Views of every content that was attacked. */
  readonly counted: ReadonlyMap<string, number>;
  readonly farmed: readonly (Farmed & { readonly counted: number })[];
  readonly viewers: {
    readonly genuine: number;
    readonly refused: number;
    readonly counted: number;
  };
  readonly durationMs: number;
}

/** @returns what does not hold; empty when all does */
export const complaintsOf = (report: AttackReport): readonly string[] => {
  const { tried, counted, farmed, viewers } = report;
  const complaints: string[] = [];
  for (const { name, right, answers } of tried) {
    for (const [answer, times] of answers) {
      if (!right.includes(answer)) complaints.push(`${name}: ${times} times "${answer}"`);
    }
    if (answers.size === 0) complaints.push(`${name}: never tried`);
  }
  const worth = worthOf(tried);
  for (const content of new Set(tried.flatMap(({ contents }) => contents))) {
    const [due, has] = [worth.get(content) ?? 0, counted.get(content)];
    if (has !== due) complaints.push(`${content}: ${has} views, ${due} are genuine`);
  }
  for (const its of farmed) complaints.push(...complaintsOfFarm(its));
  if (viewers.refused > 0) complaints.push(`${viewers.refused} genuine tickets were refused`);
  if (viewers.counted !== viewers.genuine) {
    complaints.push(`${viewers.counted} viewers, ${viewers.genuine} have tickets`);
  }
  return complaints;
};

const complaintsOfFarm = (its: AttackReport["farmed"][number]): readonly string[] => {
  const { farm, granted, refused, others, bound, unconfirmed, counted } = its;
  const { least, most } = farm.worth(granted);
  const complaints: string[] = [];
  if (granted > bound) complaints.push(`${granted} tokens, the bound is ${bound}`);
  if (farm.attempts > bound && refused === 0) complaints.push("none was refused");
  if (granted === 0 || unconfirmed > 0) complaints.push(`${unconfirmed} of ${granted} not taken`);
  if (others.length > 0) complaints.push(`answered ${[...new Set(others)].join(", ")}`);
  if (counted < least || counted > most) {
    complaints.push(`${counted} views, not from ${least} to ${most}`);
  }
  return complaints.map((complaint) => `${farm.name}: ${complaint}`);
};

const worthOf = (tried: readonly Tried[]): ReadonlyMap<string, number> => {
  const worth = new Map<string, number>();
  for (const kind of tried) {
    for (const [content, views] of kind.worth) {
      worth.set(content, (worth.get(content) ?? 0) + views);
    }
  }
  return worth;
};

export const linesOf = (report: AttackReport): readonly string[] => {
  const { tried, counted, farmed, viewers } = report;
  const lines = [row("kind", "requests", "worth", "counted", "answers")];
  for (const { name, contents, answers, worth } of tried) {
    const views = contents.map((content) => counted.get(content) ?? 0);
    lines.push(row(name, sum(answers.values()), sum(worth.values()), sum(views), inWords(answers)));
  }
  lines.push("", row("farm", "asked", "granted", "counted", "bound"));
  for (const { farm, granted, refused, counted: views, bound, tookMs } of farmed) {
    const { quota, windowMs } = farm.limit;
    const limit = `${bound} in ${tookMs} ms at ${quota} in ${windowMs / 1_000} s, ${refused} refused`;
    lines.push(row(farm.name, farm.attempts, granted, views, limit));
  }
  const forged = tried.reduce(
    (total, { contents, worth }) =>
      total +
      sum(
        contents.map((content) =>
          Math.max(0, (counted.get(content) ?? 0) - (worth.get(content) ?? 0)),
        ),
      ),
    0,
  );
  lines.push(
    "",
    `forged views counted: ${forged}; viewers by tickets: ${viewers.counted} of ${viewers.genuine}`,
    `${report.requests} requests, ${report.repeated} of them repeated, in ${Math.round(report.durationMs / 1_000)} s`,
  );
  return lines;
};

const row = (...cells: readonly (string | number)[]): string => {
  const [name = "", a = "", b = "", c = "", last = ""] = cells;
  const numbers = [a, b, c].map((cell) => `${cell}`.padStart(9)).join("");
  return `${`${name}`.padEnd(28)}${numbers}  ${last}`;
};

const inWords = (answers: ReadonlyMap<string, number>): string =>
  [...answers].map(([answer, times]) => `${answer} ${times}`).join(", ");
