/** A service with all its numbers in Redis: contents that were counted, streams that are live, pages that show both. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Prng } from "../../../test/simulation/prng.ts";
import { startLiveStream } from "../../live-stream.ts";
import { makeMinter } from "../../offline-mint.ts";
import { ensureSecrets, readVariables } from "../../run/secrets.ts";
import type { Audience } from "../audience.ts";
import { openHeartbeats } from "../drill/heartbeats.ts";
import { inTime } from "../in-time.ts";
import { Load } from "../load.ts";
import { Phases } from "../phases.ts";
import { Clients } from "./clients.ts";
import { untilComplete, untilListed } from "./contents.ts";
import { type RedisService, startRedisService } from "./service.ts";

/** How much of it there is. */
export interface Scale {
  readonly database: "d1" | "mysql";
  /**
   * All of them are counted before anything happens. Half of them are read and counted later on: the others come back
   * into Redis by nothing but what the Tallies tell it.
   */
  readonly contents: number;
  readonly streams: number;
  /** Pages that show numbers. */
  readonly clients: number;
  /** Requests that confirm, a second; one in four has 50 tokens. */
  readonly confirmsPerSecond: number;
}

export interface Setting extends Scale {
  readonly seed: number;
  /** How long counts have to stay the same until they are final; absent: 4 s. */
  readonly restMs?: number;
  /** Directory of the state, the secrets and Redis. */
  readonly state: string;
  log(line: string): void;
}

const PHASES = ["before", "away", "back", "flushed", "after"] as const;

export type Phase = (typeof PHASES)[number];

export interface World {
  readonly setting: Setting;
  readonly running: RedisService;
  readonly adminKey: string;
  readonly contents: readonly string[];
  readonly streams: readonly string[];
  readonly audiences: Audience[];
  readonly phases: Phases<Phase>;
  readonly load: Load;
  readonly clients: Clients;
}

const SEEDERS = 4;
const MANY = 50;
const VIEWERS_PER_STREAM = 2;
const BEAT_MS = 20_000;

export const openWorld = async (setting: Setting): Promise<World> => {
  const { state, seed, database, clients } = setting;
  const secrets = join(state, ".dev.vars");
  ensureSecrets(secrets);
  const running = await startRedisService({ state, secrets, database });
  const variables = readVariables(secrets);
  const { TOKEN_KEYS: tokenKeys = "", TALLY_SHARDS: shards = "", ADMIN_KEY = "" } = variables;
  const { url } = running.service;
  const contents = Array.from({ length: setting.contents }, (_, i) => `redis-${seed}-${i}`);
  const streams = Array.from({ length: setting.streams }, (_, i) => `live-${seed}-${i}`);
  const busy = contents.slice(0, Math.ceil(contents.length / 2));
  const prng = new Prng(seed);
  const phases = new Phases<Phase>(PHASES);
  const load = new Load({
    ...{ url: () => url, mint: makeMinter({ tokenKeys, shards }), contents: busy, many: MANY },
    random: () => prng.fraction(),
    onEnd: phases.note,
  });
  return {
    ...{ setting, running, adminKey: ADMIN_KEY, contents, streams, audiences: [], phases, load },
    clients: new Clients({
      url,
      contents: busy,
      streams,
      clients,
      phase: () => phases.now ?? "between",
    }),
  };
};

/** Every content is counted, every stream is live and watched, and Redis has them all. */
export const fill = async (world: World): Promise<void> => {
  const { setting, running, adminKey, contents, streams, audiences, load } = world;
  const { log } = setting;
  const { url } = running.service;
  const startedAt = performance.now();
  await load.viewEach(contents, SEEDERS);
  log(`${load.durable} views of ${contents.length} contents are durable`);
  for (const stream of streams) {
    await startLiveStream({ url, adminKey, stream });
    const address = `${url}/v1/streams/${stream}`;
    const beating = { size: VIEWERS_PER_STREAM, everyMs: BEAT_MS };
    audiences.push(openHeartbeats({ address, name: "beat", ...beating }));
  }
  await running.withRedis(async (send) => {
    const one = new Map(contents.map((content) => [content, 1]));
    await inTime("all numbers in Redis", untilComplete(send, one, log));
    await inTime("all streams in Redis", untilListed(send, streams, 0));
  });
  await inTime("all streams in the list of the objects", untilRanked(url, streams));
  log(`Redis has all of them after ${Math.round(performance.now() - startedAt)} ms`);
};

interface Ranking {
  readonly streams: readonly { readonly stream: string; readonly viewers: number }[];
}

const LOOK_MS = 250;

/** Rooms tell it some seconds later than Redis. */
const untilRanked = async (url: string, streams: readonly string[]): Promise<void> => {
  for (;;) {
    const answer = await fetch(`${url}/v1/rankings/live?limit=100&consistency=strong`);
    const ranking = (await answer.json()) as Ranking;
    const watched = ranking.streams.filter(({ viewers }) => viewers === VIEWERS_PER_STREAM);
    const known = new Set(watched.map(({ stream }) => stream));
    if (streams.every((stream) => known.has(stream))) return;
    await sleep(LOOK_MS);
  }
};
