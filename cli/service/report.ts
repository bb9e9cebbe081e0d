/** How an order goes, for people. */
import { bar, grouped, type ProgressOutput } from "../move/progress.ts";
import type { Correction } from "./api.ts";
import type { ShardWay } from "./follow.ts";

export interface OrderProgress {
  report(ways: readonly ShardWay[]): void;
  end(): void;
}

const LINE_MS = 5_000;
const CLEAR_LINE = "\r\u001B[2K";

/** One line that is drawn again on a terminal, a line every few seconds elsewhere. @param now ms */
export const startOrderProgress = (
  verb: string,
  output: ProgressOutput,
  now: () => number,
): OrderProgress => {
  let writtenAt = Number.NEGATIVE_INFINITY;
  let written: string | undefined;
  return {
    report(ways) {
      const text = `${verb} ${describeProgress(ways)}`;
      if (text === written) return;
      if (!output.isTTY && now() - writtenAt < LINE_MS) return;
      [written, writtenAt] = [text, now()];
      output.write(output.isTTY ? `${CLEAR_LINE}${text}` : `${text}\n`);
    },
    end() {
      if (output.isTTY && written !== undefined) output.write("\n");
    },
  };
};

const describeProgress = (ways: readonly ShardWay[]): string => {
  const total = sum(ways.map(({ steps }) => steps));
  const done = total - sum(ways.map(({ left }) => left));
  const working = ways.filter(({ state }) => state === "working").length;
  const share = total === 0 ? 1 : done / total;
  const hindered = ways.find(({ trouble }) => trouble !== undefined);
  const trouble = hindered === undefined ? "" : `; shard ${hindered.shard}: ${hindered.trouble}`;
  return `${bar(share)} ${grouped(done)} of ${grouped(total)} steps, ${working} of ${ways.length} shards at work${trouble}`;
};

const STATES: Readonly<Record<ShardWay["state"], string>> = {
  working: "at work",
  done: "done",
  stuck: "stuck",
  refused: "did not take the order",
};

/** A line each shard. */
export const describeWays = (ways: readonly ShardWay[]): string =>
  tableOf(
    ["shard", "steps", "left", ""],
    ways.map(({ shard, steps, left, state, trouble }) => [
      `${shard}`,
      grouped(steps),
      grouped(left),
      STATES[state] + (trouble === undefined ? "" : `: ${trouble}`),
    ]),
  );

export interface Conclusion {
  readonly isDone: boolean;
  readonly text: string;
}

export const concludeOrder = (ways: readonly ShardWay[]): Conclusion => {
  const refused = ways.filter(({ state }) => state === "refused").length;
  const left = sum(ways.map((way) => way.left));
  if (ways.every(({ state }) => state === "done"))
    return { isDone: true, text: "All done: `npx headcount corrections` tells what was found" };
  const parts = [
    ...(ways.some(({ state }) => state === "stuck" || state === "working")
      ? [`${grouped(left)} steps are left, which the service goes on trying by itself`]
      : []),
    ...(refused > 0 ? [`${refused} shards did not take the order: give it again`] : []),
  ];
  return { isDone: false, text: parts.join("; ") };
};

/** A line each run, the latest first. */
export const describeCorrections = (corrections: readonly Correction[]): string =>
  tableOf(
    ["began", "hour", "shard", "reason", "outcome", "events", "before", "after", "cells"],
    corrections.map((run) => [
      new Date(run.startedAt).toISOString().slice(0, 19),
      run.hourUtc,
      `${run.shard}`,
      run.reason,
      run.outcome,
      grouped(run.events),
      grouped(run.before),
      grouped(run.after),
      grouped(run.changed),
    ]),
  );

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const isNumber = head.map((_, i) => rows.every((row) => /^[\d,]+$/.test(row[i] ?? "")));
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [head, ...rows].map(lineOf).join("\n");
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
