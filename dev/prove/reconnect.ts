/**
 * Whoever watches is counted again, once, when the service is back: many viewers are connected by the SDK's code, and
 * the service's runtime, or its runner, gets a `kill -9`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLiveStream } from "../live-stream.ts";
import { ensureSecrets, readVariables } from "../run/secrets.ts";
import { startService } from "../service.ts";
import { type Audience, openAudience } from "./audience.ts";
import { inTime } from "./in-time.ts";
import { killRuntime } from "./kill-runtime.ts";
import { type RoomSessions, readRoomSessions } from "./room-sessions.ts";

export interface ReconnectOptions {
  readonly clients: number;
  /** Who is killed, one after the other. */
  readonly victims: readonly ReconnectVictim[];
  /** How long the room has to be as it is before a kill, and is watched after everybody's return; absent: 5 s. */
  readonly quietMs?: number;
  /** Directory of the state and the secrets; both are new. */
  readonly state: string;
  log(line: string): void;
}

export type ReconnectVictim = "runtime" | "runner";

export interface KillOutcome {
  readonly victim: ReconnectVictim;
  /** From the kill until the room has everybody in its number again, ms. */
  readonly backMs: number;
  /** Until everybody was told so as well: who came back by a heartbeat hears it with the next one, or a socket. */
  readonly toldMs: number;
  /** The most viewers seen from the kill on, and what the room says in the end. */
  readonly mostViewers: number;
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
  readonly sessions: RoomSessions;
}

interface Numbers {
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
}

const STREAM = "reconnect";
const POLL_MS = 250;
const SHOW_MS = 1_000;
/** Who comes twice has come by then: it is longer than a socket's first pauses. */
const QUIET_MS = 5_000;
const READ_TIMEOUT_MS = 5_000;

export const proveReconnect = async (
  options: ReconnectOptions,
): Promise<readonly KillOutcome[]> => {
  const { clients, victims, quietMs = QUIET_MS, state, log } = options;
  const secrets = join(state, ".dev.vars");
  // They all come from one network, each with a socket and, while none opens, with heartbeats.
  writeFileSync(secrets, `LIMITS="off"\nSOCKETS_PER_NETWORK="${2 * clients}"\n`);
  ensureSecrets(secrets);
  const { ADMIN_KEY: adminKey = "" } = readVariables(secrets);

  let service = await startService({ state, secrets, port: 0 });
  const { url } = service;
  const port = Number(new URL(url).port);
  const kill = async (victim: ReconnectVictim): Promise<void> => {
    if (victim === "runtime") return killRuntime(service);
    service.signal("SIGKILL");
    await service.exited;
    service = await startService({ state, secrets, port });
  };
  let audience: Audience | undefined;
  try {
    await startLiveStream({ url, adminKey, stream: STREAM });
    const address = `${url}/v1/streams/${STREAM}`;
    audience = openAudience(address, clients);
    const watch = { audience, address, clients, quietMs, log };
    await untilAllBack({ ...watch, since: performance.now() });
    const outcomes: KillOutcome[] = [];
    for (const victim of victims) {
      await sleep(quietMs);
      log(`killing the ${victim}`);
      const since = performance.now();
      await kill(victim);
      outcomes.push({ victim, ...(await outcomeOf({ ...watch, since }, state)) });
    }
    return outcomes;
  } catch (cause) {
    log(service.output());
    throw cause;
  } finally {
    audience?.leave();
    service.signal("SIGTERM");
    await service.exited;
  }
};

/** Whether a kill left every number as it was before, within the time. */
export const isWhole = (outcome: KillOutcome, clients: number, withinMs: number): boolean => {
  const { backMs, mostViewers, viewers, peak, total, sessions } = outcome;
  const { open, openVisitors, visitors } = sessions;
  const numbers = [mostViewers, viewers, peak, total, open, openVisitors, visitors];
  return backMs <= withinMs && numbers.every((number) => number === clients);
};

interface Watch {
  readonly audience: Audience;
  readonly address: string;
  readonly clients: number;
  readonly quietMs: number;
  /** The kill, by `performance.now()`. */
  readonly since: number;
  log(line: string): void;
}

const outcomeOf = async (watch: Watch, state: string): Promise<Omit<KillOutcome, "victim">> => {
  const { mostViewers, ...times } = await untilAllBack(watch);
  const { most, last } = await watchQuietly(watch.address, watch.quietMs);
  const sessions = readRoomSessions(state, STREAM);
  return { ...times, ...last, mostViewers: Math.max(mostViewers, most), sessions };
};

/** The room has forgotten all sockets with its runtime: whom it has in its number then, came back. */
const untilAllBack = async ({ audience, address, clients, since, log }: Watch) => {
  let mostViewers = 0;
  let backMs: number | undefined;
  let toldMs: number | undefined;
  let shownMs = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    while (toldMs === undefined) {
      const viewers = (await readNumbers(address))?.viewers;
      const told = audience.viewers.filter(
        (viewer) => viewer.toldAt > since && viewer.viewers === clients,
      ).length;
      const ms = Math.round(performance.now() - since);
      mostViewers = Math.max(mostViewers, viewers ?? 0);
      if (viewers === clients) backMs ??= ms;
      if (viewers === clients && told === clients) toldMs = ms;
      if (toldMs !== undefined || ms - shownMs >= SHOW_MS) {
        log(`${`${ms}`.padStart(6)} ms  the room has ${viewers ?? "no answer"}, ${told} know all`);
        shownMs = ms;
      }
      if (toldMs === undefined) await sleep(POLL_MS);
    }
  };
  await inTime("everybody's return", look());
  return { backMs: backMs ?? Number.NaN, toldMs: toldMs ?? Number.NaN, mostViewers };
};

/** @returns the most viewers, and the numbers in the end; what a room saves is on disk by then */
const watchQuietly = async (address: string, quietMs: number) => {
  let most = 0;
  let last: Numbers = { viewers: 0, peak: 0, total: 0 };
  for (const until = performance.now() + quietMs; performance.now() < until; ) {
    await sleep(POLL_MS);
    const numbers = await readNumbers(address);
    if (numbers === undefined) continue;
    const { viewers, peak, total } = numbers;
    most = Math.max(most, viewers);
    last = { viewers, peak, total };
  }
  return { most, last };
};

/** @returns `undefined` while there is no answer, or one from elsewhere than the room */
const readNumbers = async (address: string): Promise<Numbers | undefined> => {
  try {
    const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
    const answer = await fetch(`${address}?consistency=strong`, { signal });
    const numbers = (await answer.json()) as Numbers & { readonly source?: string };
    return answer.ok && numbers.source === "room" ? numbers : undefined;
  } catch {
    return undefined;
  }
};
