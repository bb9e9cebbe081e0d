/** The product on workerd, as the benchmark sees it: what it was sent, and whether all of that can be read. */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeMinter } from "../dev/offline-mint.ts";
import { bundleForWorkerd, NO_DATABASE } from "../dev/raw-workerd.ts";
import { MAX_CONTENTS } from "../src/core/limits.ts";
import { committedRows } from "./collector-file.ts";
import { ViewSource } from "./view-source.ts";
import { type Server, startWorkerd } from "./workerd.ts";

/** CPU and rows up to a moment at which everything sent had been drained, folded and saved. */
export interface Settled {
  readonly cpuSeconds: number;
  readonly rows: number;
}

export interface HeadcountServer {
  readonly port: number;
  readonly source: ViewSource;
  cpuSeconds(): number;
  /** Waits until `events` in all can be read. @throws when more can be */
  settle(events: number): Promise<Settled>;
  stop(): Promise<void>;
}

/** After it everything is drained and folded, by 8 shards one after the other. */
export const SETTLED_AFTER_MS = 2_500;

const SETTLE_DEADLINE_MS = 60_000;

export const startHeadcount = async (
  directory: string,
  port: number,
  core: number,
  secrets: Readonly<Record<string, string>> = {},
): Promise<HeadcountServer> => {
  const stateDirectory = join(directory, "state");
  mkdirSync(stateDirectory, { recursive: true });
  const tokenKeys = `k1:${randomBytes(32).toString("base64url")}`;
  const adminKey = randomBytes(24).toString("base64url");
  const vars = bundleForWorkerd({
    wranglerFile: "wrangler.toml",
    directory,
    stateDirectory,
    port,
    secrets: { ...NO_DATABASE, TOKEN_KEYS: tokenKeys, ADMIN_KEY: adminKey, ...secrets },
  });
  const source = new ViewSource(makeMinter({ tokenKeys, shards: `${vars.TALLY_SHARDS}` }));
  // Ready: this isolate then knows the day's salt, as one that also mints does.
  const server = await startWorkerd(directory, port, core, "/readyz");
  return {
    port,
    source,
    cpuSeconds: () => server.cpuSeconds(),
    settle: (events) => settle(server, adminKey, source.contents, stateDirectory, events),
    stop: () => server.stop(),
  };
};

/** The CPU is read before the counts are, so that asking for them is not in it. */
const settle = async (
  server: Server,
  adminKey: string,
  contents: readonly string[],
  stateDirectory: string,
  events: number,
): Promise<Settled> => {
  const deadline = Date.now() + SETTLE_DEADLINE_MS;
  while (Date.now() < deadline) {
    await sleep(SETTLED_AFTER_MS);
    await saveAll(server.port, adminKey);
    const cpuSeconds = server.cpuSeconds();
    const counted = await countedViews(server.port, contents);
    if (counted > events) throw new Error(`${counted} views counted of ${events} sent`);
    if (counted === events) return { cpuSeconds, rows: committedRows(stateDirectory) };
  }
  throw new Error(`not all of ${events} views are counted in time`);
};

/** A flush saves every Tally's cells first, which else would come 10 to 20 s later; there is no database here to bring them to. */
const saveAll = async (port: number, adminKey: string): Promise<void> => {
  const headers = { Authorization: `Bearer ${adminKey}` };
  await fetch(`http://127.0.0.1:${port}/v1/admin/flush`, { method: "POST", headers });
};

const countedViews = async (port: number, contents: readonly string[]): Promise<number> => {
  let views = 0;
  for (let at = 0; at < contents.length; at += MAX_CONTENTS) {
    const query = contents.slice(at, at + MAX_CONTENTS).map((content) => `content=${content}`);
    const url = `http://127.0.0.1:${port}/v1/counts?consistency=strong&${query.join("&")}`;
    const answer = (await (await fetch(url)).json()) as { counts: { views: number }[] };
    for (const count of answer.counts) views += count.views;
  }
  return views;
};
