/** One measured run of either side of `npm run bench -- correct`, and whether it found what there was. */
import { setTimeout as sleep } from "node:timers/promises";
import type { WrittenHour } from "./correct.ts";
import { ask, type CorrectServer, startServer } from "./correct-server.ts";
import type { Progress, Saved } from "./correct-shapes.ts";

export interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

export interface MeasuredCorrection extends Measured {
  /** CPU seconds of each phase of the run, by its name. */
  readonly phases: Readonly<Record<string, number>>;
}

const LOOK_EVERY_MS = 100;
/** Of one run, of the slowest machine. */
const DEADLINE_MS = 30 * 60_000;

export const measureBare = (directory: string, hour: WrittenHour): Promise<Measured> =>
  withServer(directory, async (server) => {
    const before = server.cpuSeconds();
    const found = await ask<{ lines: number; ms: number }>(
      server.url,
      "POST",
      "/bare",
      JSON.stringify(hour),
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
    const { url } = server;
    const before = server.cpuSeconds();
    await ask(url, "POST", "/correct", JSON.stringify(hour));
    const phases: Record<string, number> = {};
    let phase = "begin";
    let since = before;
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const { status, findings } = await ask<Progress>(url, "GET", "/progress");
      const now = server.cpuSeconds();
      phases[phase] = (phases[phase] ?? 0) + now - since;
      since = now;
      phase = status.running?.phase ?? "end";
      if (findings.endedAt !== undefined) {
        await expectFound(url, hour, findings);
        const seconds = (findings.endedAt - findings.startedAt) / 1_000;
        return { seconds, cpuSeconds: now - before, peakBytes: server.peakBytes(), phases };
      }
      if (status.failure !== undefined) throw new Error(`the Corrector failed: ${status.failure}`);
      if (Date.now() > deadline) throw new Error(`not done, but in phase ${phase}`);
      await sleep(LOOK_EVERY_MS);
    }
  });

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
