/** What a proof of the read model has to have found, and how it is told. */
import type { RedisReport } from "../redis.ts";

/** Of a Redis that lost what it had, or was away. */
const WHOLE_WITHIN_MS = 30_000;

/** Who answers while Redis does not. */
const OBJECTS = [
  ["counts", "tally"],
  ["stream", "room"],
  ["list", "rankings"],
] as const;

/** The objects are there all the time, and on a machine that works in time. */
const MOST_STALE = 0.05;

/** @returns what does not hold, in words; empty when all does */
export const complaintsOf = (report: RedisReport): readonly string[] => {
  const { durable, returns, told } = report;
  const complaints: string[] = [];
  const expect = (holds: boolean, complaint: string): void => {
    if (!holds) complaints.push(complaint);
  };
  for (const name of ["sent", "counted", "published"] as const) {
    expect(report[name] === durable, `${report[name]} ${name}, but ${durable} durable`);
  }
  for (const name of ["failedConfirms", "differing"] as const) {
    expect(report[name] === 0, `${report[name]} ${name}`);
  }
  for (const [kind, source] of OBJECTS) {
    const away = told.find((told) => told.kind === kind && told.phase === "away");
    expect((away?.sources[source] ?? 0) > 0, `away, ${kind}: none from ${source}`);
  }
  for (const { kind, phase, ...numbers } of told) {
    const told = Object.values(numbers.sources).reduce((sum, some) => sum + some, 0);
    expect(numbers.stale <= told * MOST_STALE, `${phase}, ${kind}: ${numbers.stale} stale`);
    for (const name of ["refused", "lost", "fallen"] as const) {
      expect(numbers[name] === 0, `${phase}, ${kind}: ${numbers[name]} ${name}`);
    }
  }
  for (const { after, completeMs, listedMs } of returns) {
    expect(completeMs <= WHOLE_WITHIN_MS, `numbers complete ${completeMs} ms after ${after}`);
    expect(listedMs <= WHOLE_WITHIN_MS, `list complete ${listedMs} ms after ${after}`);
  }
  return complaints;
};

/** As lines of a name and what came of it. */
export const linesOf = (report: RedisReport): readonly (readonly [string, number | string])[] => {
  const { returns, told, mishaps, confirms, calls, ...numbers } = report;
  return [
    ...Object.entries(numbers),
    ...returns.map(
      ({ after, completeMs, listedMs }) =>
        [`complete after ${after}`, `${completeMs} ms, list ${listedMs} ms`] as const,
    ),
    ...Object.entries(confirms).map(
      ([phase, { requests, p50Ms, p99Ms, maxMs }]) =>
        [
          `confirms ${phase}`,
          `${requests}, p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`,
        ] as const,
    ),
    ...told.map(
      ({ kind, phase, latency, sources, reads, refused, lost, fallen, staleFallen, stale }) =>
        [
          `${kind} read ${phase}`,
          `${reads}, p50 ${latency.p50Ms} ms, p99 ${latency.p99Ms} ms; ${refused} refused, ${lost} lost, ${fallen} fallen, ${stale} stale (${staleFallen} of them smaller); ${inWords(sources)}`,
        ] as const,
    ),
    ...calls.map(
      ([phase, { countCalls, contents, mostContents, mostInASecond, streamCalls, otherCalls }]) =>
        [
          `calls ${phase}`,
          `${countCalls} with ${contents} numbers (at most ${mostContents} in one, ${mostInASecond} calls in a second), ${streamCalls} of streams, ${otherCalls} others`,
        ] as const,
    ),
    ...mishaps.map((mishap) => ["mishap", mishap] as const),
  ];
};

const inWords = (sources: Readonly<Record<string, number>>): string =>
  Object.entries(sources)
    .map(([source, numbers]) => `${source} ${numbers}`)
    .join(", ");
