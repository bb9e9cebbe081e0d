/**
 * Whatever is answered `durable` is counted once, whoever is killed when: the service runs as a process of its own,
 * many visitors confirm views, and again and again its runtime, its runner or both get a `kill -9`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Prng } from "../../test/simulation/prng.ts";
import { makeMinter } from "../offline-mint.ts";
import { ensureSecrets, readVariables } from "../run/secrets.ts";
import { startService } from "../service.ts";
import { inTime } from "./in-time.ts";
import { killRuntime } from "./kill-runtime.ts";
import { Load } from "./load.ts";
import { settled, sum } from "./settled-counts.ts";

export interface KillOptions {
  /** Who is killed, one after the other. */
  readonly victims: readonly Victim[];
  /** Events answered `durable` before the last kill, at least. */
  readonly minDurable: number;
  readonly seed: number;
  /** How long counts have to stay the same until they are final; absent: 4 s. */
  readonly quietMs?: number;
  /** Directory of the state and the secrets. */
  readonly state: string;
  log(line: string): void;
}

export interface KillReport {
  readonly rounds: number;
  /** Different events sent. */
  readonly sent: number;
  /** Of these, answered `durable` while the kills went on. */
  readonly durable: number;
  /** Requests that got no answer or were refused: their events were repeated, or left by their visitor. */
  readonly failedRequests: number;
  /** Views published after the kills, and after every event was sent once more. */
  readonly counted: number;
  readonly countedAfterRepeat: number;
  readonly lost: number;
  readonly doubled: number;
  /** From a kill to the first `durable` of a request begun after it, ms; by who was killed. */
  readonly firstAnswerMs: Readonly<Record<Victim, readonly number[]>>;
}

export const VICTIMS = ["runtime", "runner", "both"] as const;
export type Victim = (typeof VICTIMS)[number];

const CONCURRENCY = 32;
const CONTENTS = 40;
/** A kill comes up to this long after the round's share of acknowledgements. */
const MAX_WAIT_MS = 800;

export const proveKill = async (options: KillOptions): Promise<KillReport> => {
  const { victims, minDurable, seed, state, quietMs, log } = options;
  const prng = new Prng(seed);
  const random = () => prng.fraction();
  const secrets = join(state, ".dev.vars");
  // All of the load comes from one network.
  writeFileSync(secrets, 'LIMITS="off"\n');
  ensureSecrets(secrets);
  const { TOKEN_KEYS: tokenKeys = "", TALLY_SHARDS: shards = "" } = readVariables(secrets);
  const run = Date.now().toString(36);
  const contents = Array.from({ length: CONTENTS }, (_, i) => `kill-${run}-${seed}-${i}`);

  let service = await startService({ state, secrets, port: 0 });
  try {
    const port = Number(new URL(service.url).port);
    const kill = async (victim: Victim): Promise<void> => {
      if (victim !== "runner") await killRuntime(service);
      if (victim === "runtime") return;
      service.signal("SIGKILL");
      await service.exited;
      service = await startService({ state, secrets, port });
    };
    const mint = makeMinter({ tokenKeys, shards });
    const load = new Load({ url: () => service.url, mint, contents, random });
    const running = load.run(CONCURRENCY);
    const firstAnswerMs: Record<Victim, number[]> = { runtime: [], runner: [], both: [] };
    for (const [index, victim] of victims.entries()) {
      const round = index + 1;
      const share = (round * minDurable) / victims.length;
      await inTime(
        `acknowledgements of round ${round}`,
        load.until(() => load.durable >= share),
      );
      await sleep(random() * MAX_WAIT_MS);
      const killedAt = performance.now();
      await kill(victim);
      await inTime(
        "an answer after a kill",
        load.until(() => load.lastServedAt > killedAt),
      );
      const ms = Math.round(performance.now() - killedAt);
      firstAnswerMs[victim].push(ms);
      log(`round ${round}: killed ${victim}, ${load.durable} durable, next answer after ${ms} ms`);
    }
    load.stop();
    await inTime("the visitors' repeats", running);

    const afterKills = await settled(service, contents, { least: load.durable, quietMs });
    const durable = load.durable;
    const first = judge(load, afterKills);
    await inTime("everything sent again", load.repeatAll(CONCURRENCY));
    const all = { least: load.events.length, quietMs };
    await settled(service, contents, all);
    await kill("both");
    const afterRepeat = await settled(service, contents, all);
    const second = judge(load, afterRepeat);
    return {
      rounds: victims.length,
      sent: load.events.length,
      durable,
      failedRequests: load.failedRequests,
      counted: sum(afterKills.values()),
      countedAfterRepeat: sum(afterRepeat.values()),
      lost: first.lost + second.lost,
      doubled: first.doubled + second.doubled,
      firstAnswerMs,
    };
  } catch (cause) {
    log(service.output());
    throw cause;
  } finally {
    service.signal("SIGTERM");
    await service.exited;
  }
};

/** Of every content at least what was answered `durable` is counted, and at most what was sent. */
const judge = (load: Load, counts: ReadonlyMap<string, number>) => {
  let lost = 0;
  let doubled = 0;
  for (const [content, counted] of counts) {
    const sent = load.events.filter((event) => event.content === content);
    const durable = sent.filter((event) => event.durable);
    lost += Math.max(0, durable.length - counted);
    doubled += Math.max(0, counted - sent.length);
  }
  return { lost, doubled };
};
