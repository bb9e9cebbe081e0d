/** One measured run of either side of `npm run bench -- correct`, and whether it found what there was. */
import { setTimeout as sleep } from "node:timers/promises";
import type { WrittenHour } from "./correct.ts";
import { ask, type CorrectServer, startServer } from "./correct-server.ts";
import type { BareOrder, BareWay, Progress, Saved } from "./correct-shapes.ts";
import { startCpuClock } from "./cpu-clock.ts";

export interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

export type Phase = Pick<Measured, "seconds" | "cpuSeconds">;

export interface MeasuredCorrection extends Measured {
  readonly phases: Readonly<Record<"read" | "fold" | "walk", Phase>>;
}

const LOOK_EVERY_MS = 200;
/** Of one run, of the slowest machine. */
const DEADLINE_MS = 30 * 60_000;

export const measureBare = (
  directory: string,
  hour: WrittenHour,
  way: BareWay,
): Promise<Measured> =>
  withServer(directory, async (server) => {
    const before = server.cpuSeconds();
    const found = await ask<{ lines: number; ms: number }>(
      server.url,
      "POST",
      "/bare",
      JSON.stringify({ objects: hour.objects, way } satisfies BareOrder),
    );
    expectSame({ lines: found.lines }, { lines: hour.expected.lines });
    return {
      seconds: found.ms / 1_000,
      cpuSeconds: server.cpuSeconds() - before,
      peakBytes: server.peakBytes(),
    };
  });

/** From the order until the run is recorded. */
export const measureCorrection = (
  directory: string,
  hour: WrittenHour,
): Promise<MeasuredCorrection> =>
  withServer(directory, async (server) => {
    const clock = startCpuClock(server.cpuSeconds);
    await ask(server.url, "POST", "/correct", JSON.stringify(hour));
    const { findings, reads } = await untilEnded(server.url).finally(clock.stop);
    const peak = server.peakBytes();
    await expectFound(server.url, hour, findings);
    const { startedAt, finalisedAt = Number.NaN, endedAt = Number.NaN } = findings;
    // The last object was asked for then, and took as long as the others.
    const readAt = reads.lastAt + (reads.lastAt - reads.firstAt) / (reads.count - 1);
    const phase = (from: number, to: number): Phase => ({
      seconds: (to - from) / 1_000,
      cpuSeconds: clock.usedAt(to) - clock.usedAt(from),
    });
    return {
      ...phase(startedAt, endedAt),
      peakBytes: peak,
      phases: {
        read: phase(startedAt, readAt),
        fold: phase(readAt, finalisedAt),
        walk: phase(finalisedAt, endedAt),
      },
    };
  });

/** A runtime that computes all the time answers late. */
const untilEnded = async (url: string): Promise<Progress> => {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const progress = await ask<Progress>(url, "GET", "/progress");
    if (progress.findings.endedAt !== undefined) return progress;
    if (progress.failure !== undefined) throw new Error(`not corrected: ${progress.failure}`);
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error("not corrected in time");
};

/** A fast run that found something else is none. */
const expectFound = async (
  url: string,
  { expected }: WrittenHour,
  { views, weight }: Progress["findings"],
): Promise<void> => {
  const { uniques, regions, run } = await ask<Saved>(url, "GET", "/saved");
  const { verdicts, copies } = JSON.parse(run.detail);
  const { counted, duplicate, bot } = expected;
  expectSame(
    { outcome: run.outcome, after: run.after, views, weight, regions, uniques, verdicts, copies },
    {
      outcome: "done",
      after: counted,
      views: counted,
      weight: expected.weight,
      regions: counted,
      uniques: expected.uniques,
      verdicts: { counted, duplicate, bot },
      copies: expected.copies,
    },
  );
};

const expectSame = (found: object, expected: object): void => {
  const sorted = (it: object): string =>
    JSON.stringify(it, (_, value: unknown) =>
      typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  if (sorted(found) === sorted(expected)) return;
  throw new Error(`found ${sorted(found)}, not ${sorted(expected)}`);
};

const withServer = async <T>(
  directory: string,
  work: (server: CorrectServer) => Promise<T>,
): Promise<T> => {
  const server = await startServer(directory);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
};
