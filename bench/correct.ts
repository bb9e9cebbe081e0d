/**
 * What correcting an hour of a shard costs, in events a second and in memory, beside bare gunzip and `JSON.parse` of the
 * same objects on the same runtime. See `docs/performance.md`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { HOUR_MS } from "../src/core/limits.ts";
import type { ArchivedObject } from "../src/protocol/correction-rpc.ts";
import { formatRawName } from "../src/protocol/raw-names.ts";
import { type Expected, HourOfEvents } from "./correct-events.ts";
import { reportOf, type Scenario } from "./correct-report.ts";
import { measureBare, measureCorrection } from "./correct-runs.ts";
import { ask, bundleWorker, startServer } from "./correct-server.ts";
import { writeSection } from "./report-file.ts";

export interface WrittenHour {
  /** Its start, ms. */
  readonly hour: number;
  readonly objects: readonly ArchivedObject[];
  readonly expected: Expected;
}

export const benchCorrect = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: "string", default: "1000000,10000000" },
      rounds: { type: "string", default: "3" },
      write: { type: "boolean", default: false },
    },
  });
  const scenarios: Scenario[] = [];
  for (const events of values.events.split(",")) {
    scenarios.push(await inDirectory((it) => measure(it, Number(events), Number(values.rounds))));
  }
  const report = reportOf(scenarios);
  console.log(`\n${report}`);
  if (values.write) writeSection("correct", report);
};

const inDirectory = async <T>(work: (directory: string) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-bench-"));
  try {
    await bundleWorker(directory);
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
};

/** Both sides in each round, each in a new process. */
const measure = async (directory: string, events: number, rounds: number): Promise<Scenario> => {
  const hour = await writeHour(directory, events);
  const scenario = { events: hour.expected.lines, rounds: [] as Scenario["rounds"][number][] };
  for (let round = 1; round <= rounds; round += 1) {
    const bare = await measureBare(directory, hour, "pipe");
    const pieces = await measureBare(directory, hour, "pieces");
    const correction = await measureCorrection(directory, hour);
    scenario.rounds.push({ bare, pieces, correction });
    console.log(
      `${events} events, round ${round}: ${JSON.stringify({ bare, pieces, correction })}`,
    );
  }
  return scenario;
};

/** Puts the hour's raw log into the bucket, an object at a time. */
const writeHour = async (directory: string, events: number): Promise<WrittenHour> => {
  const generation = Date.now();
  const hour = generation - (generation % HOUR_MS) - 3 * HOUR_MS;
  const source = new HourOfEvents(hour, events);
  const objects: ArchivedObject[] = [];
  const server = await startServer(directory);
  try {
    for (const lines of source.objects()) {
      const position = objects.length + 1;
      const range = { generation, from: position, to: position };
      const name = formatRawName({ kind: "events", hour, shard: 0, ...range });
      const gzip = new Uint8Array(gzipSync(`${lines.join("\n")}\n`));
      await ask(server.url, "PUT", `/object?name=${encodeURIComponent(name)}`, gzip);
      objects.push({ name, events: lines.length });
    }
  } finally {
    await server.stop();
  }
  console.log(`${events} events: ${objects.length} objects written`);
  return { hour, objects, expected: source.expected };
};
