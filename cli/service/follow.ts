/** Watches the Correctors until they have done what they were told. */
import type { CorrectorStanding, Taken } from "./api.ts";
import { Unreachable } from "./ask.ts";

/** How far a shard is. */
export interface ShardWay {
  readonly shard: number;
  /** The most that was seen waiting: orders that nobody has looked at, hours and days. */
  readonly steps: number;
  /** What waits still. */
  readonly left: number;
  /** `refused`: it did not take the order. `stuck`: it has got nowhere for longer than we wait. */
  readonly state: "working" | "done" | "stuck" | "refused";
  /** What hinders it. */
  readonly trouble: string | undefined;
  /** When it last worked without trouble or got an hour done, ms. */
  readonly movedAt: number;
}

export interface FollowDeps {
  correctors(): Promise<readonly CorrectorStanding[]>;
  report(ways: readonly ShardWay[]): void;
  /** Ms of a clock that never goes back. */
  now(): number;
  /** Comes back at once when nobody wants to follow any more. */
  pause(ms: number): Promise<void>;
  readonly signal: AbortSignal;
  /** How long a shard may get nowhere before it is given up, ms. */
  readonly patienceMs: number;
}

/** Short at first, since most orders are done in seconds. */
const PAUSE_MIN_MS = 250;
const PAUSE_MAX_MS = 5_000;

/**
 * Ends when every shard is done or given up, and when `signal` says so.
 * @throws Failure of what the service will not get over by itself
 */
export const follow = async (
  deps: FollowDeps,
  taken: readonly Taken[],
): Promise<readonly ShardWay[]> => {
  let ways = taken.map((answer) => beginningOf(answer, deps.now()));
  for (let pauseMs = PAUSE_MIN_MS; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS)) {
    const look = await lookAt(deps);
    if (deps.signal.aborted) return ways;
    ways = ways.map((way) => advance(way, look(way.shard), deps));
    deps.report(ways);
    if (!ways.some(({ state }) => state === "working")) return ways;
    await deps.pause(pauseMs);
    if (deps.signal.aborted) return ways;
  }
};

const beginningOf = (answer: Taken, now: number): ShardWay => {
  const { shard } = answer;
  if ("failed" in answer) {
    return { shard, steps: 0, left: 0, state: "refused", trouble: answer.failed, movedAt: now };
  }
  const { waiting } = answer;
  return {
    shard,
    steps: waiting,
    left: waiting,
    state: "working",
    trouble: undefined,
    movedAt: now,
  };
};

type Look = (shard: number) => CorrectorStanding;

/** A service that starts again is nobody's answer for a while. */
const lookAt = async ({ correctors }: FollowDeps): Promise<Look> => {
  try {
    const standings = new Map((await correctors()).map((standing) => [standing.shard, standing]));
    return (shard) => standings.get(shard) ?? { shard, failed: "the status does not name it" };
  } catch (cause) {
    if (!(cause instanceof Unreachable)) throw cause;
    return (shard) => ({ shard, failed: cause.message });
  }
};

const advance = (
  way: ShardWay,
  standing: CorrectorStanding,
  { now, patienceMs }: FollowDeps,
): ShardWay => {
  if (way.state === "refused") return way;
  if ("failed" in standing) return hindered(way, standing.failed, now() - patienceMs);
  const { waiting, running, failure } = standing;
  const steps = Math.max(way.steps, waiting);
  const isDone = waiting === 0 && running === undefined;
  const movedAt = failure === undefined || waiting < way.left ? now() : way.movedAt;
  const moved: ShardWay = { ...way, steps, left: waiting, trouble: undefined, movedAt };
  if (isDone) return { ...moved, state: "done" };
  if (failure === undefined) return { ...moved, state: "working" };
  return hindered(moved, failure, now() - patienceMs);
};

const hindered = (way: ShardWay, trouble: string, givenUpAt: number): ShardWay => ({
  ...way,
  trouble,
  state: way.movedAt <= givenUpAt ? "stuck" : "working",
});
