/** A service that can be struck, and crowds on its streams. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endLiveStream, type LiveStreamRequest, startLiveStream } from "../../live-stream.ts";
import { ensureSecrets, readVariables } from "../../run/secrets.ts";
import { inTime } from "../in-time.ts";
import { type MySqlService, startMySqlService } from "../mysql-service.ts";
import { Crowd, type Group } from "./crowd.ts";
import { watchStream } from "./readers.ts";
import type { Watch } from "./watch.ts";

/** How much of it there is. */
export interface Scale {
  /** Of each drill, one in five of them by heartbeats. */
  readonly clients: number;
  /** Between two heartbeats of a page, ms. */
  readonly beatMs: number;
  /** Numbers that are right have to stay so for this long, ms. */
  readonly quietMs: number;
  /** How long the database is away, ms. */
  readonly outageMs: number;
  /** Between two flushes of the operator; absent: as `Operator` has it. */
  readonly flushEveryMs?: number;
  /** Waits for what comes minutes later, too. */
  readonly patient: boolean;
}

export interface World {
  readonly url: string;
  readonly adminKey: string;
  readonly scale: Scale;
  readonly running: MySqlService;
  /** Directory of the service's state. */
  readonly state: string;
  log(line: string): void;
}

export const openWorld = async (
  state: string,
  scale: Scale,
  log: (line: string) => void,
): Promise<World> => {
  const secrets = join(state, ".dev.vars");
  // They all come from one network, each with a socket and, while none opens, with heartbeats.
  writeFileSync(secrets, `LIMITS="off"\nSOCKETS_PER_NETWORK="${4 * scale.clients}"\n`);
  ensureSecrets(secrets);
  const { ADMIN_KEY: adminKey = "" } = readVariables(secrets);
  const start = join(import.meta.dirname, "start.ts");
  const running = await startMySqlService({ state, secrets, start });
  return { url: running.service.url, adminKey, scale, running, state, log };
};

export interface Gathering {
  readonly stream: string;
  readonly crowd: Crowd;
  /** One in ten, all of them with sockets. */
  readonly leavers: Group;
  /** As many as leave: so many more clients with sockets. */
  newcomers(): Group;
  /** @param unheard as `WatchedStream` has it */
  watch(unheard?: boolean): Watch;
  /** The stream too. */
  end(): Promise<void>;
}

/** A crowd may need so long to be there: it comes all at once. */
const GATHER_WITHIN_MS = 60_000;

/** @returns a new stream with a crowd on it, of which every reader knows. @throws when that takes too long */
export const gather = async (world: World, stream: string): Promise<Gathering> => {
  const { url, adminKey, scale } = world;
  await startLiveStream({ url, adminKey, stream });
  const crowd = new Crowd({ address: `${url}/v1/streams/${stream}`, beatMs: scale.beatMs });
  const some = Math.ceil(scale.clients / 10);
  const beats = Math.ceil(scale.clients / 5);
  const leavers = crowd.join("sockets", some);
  crowd.join("heartbeats", beats);
  crowd.join("sockets", scale.clients - some - beats);
  const options = { url, stream, crowd };
  const gathering = watchStream({ ...options, quietMs: 0 });
  const all = await gathering.untilEven(GATHER_WITHIN_MS);
  await gathering.stop();
  if (!all) {
    crowd.disperse();
    throw new Error(`the crowd of ${stream} did not come together\n${gathering.lines.join("\n")}`);
  }
  return {
    ...{ stream, crowd, leavers },
    newcomers: () => crowd.join("sockets", some),
    watch: (unheard = false) => watchStream({ ...options, quietMs: scale.quietMs, unheard }),
    end: async () => {
      await inTime(`the end of ${stream}`, untilEnded({ url, adminKey, stream }));
      crowd.disperse();
    },
  };
};

/** Another drill may have taken the database away, and an end has to be registered. */
const untilEnded = async (request: LiveStreamRequest): Promise<void> => {
  const ended = () =>
    endLiveStream(request)
      .then(() => true)
      .catch(() => false);
  while (!(await ended())) await sleep(END_EVERY_MS);
};

const END_EVERY_MS = 500;
