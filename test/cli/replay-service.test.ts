/** A log, a service as `npm start` runs it, and a script that knows neither. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askAt } from "../../cli/service/ask.ts";
import { type HourRun, historyApi } from "../../cli/service/history-api.ts";
import { ensureSecrets, readVariables } from "../../dev/run/secrets.ts";
import { type Service, startService } from "../../dev/service.ts";
import { begunState } from "../support/begun-state.ts";
import { type Site, siteAt } from "../support/end-to-end-site.ts";
import { removeState } from "../support/remove-state.ts";
import { killCommands, MAIN, start } from "./support/command.ts";
import { makeLog } from "./support/made-log.ts";
import { countNaively } from "./support/naive-log.ts";

const SITE = "https://semicomplete.example";
const LINES = 5_000;
const HOUR_MS = 3_600_000;
const PATIENCE = { timeout: 150_000, interval: 1_000 };

const directory = mkdtempSync(join(tmpdir(), "headcount-replay-"));
const path = join(directory, "access.log.gz");
/** Over for the service, too. */
const END = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
const log = makeLog(7, LINES, END);

let state: string;
let service: Service;
let adminKey: string;
let site: Site;

beforeAll(async () => {
  writeFileSync(path, gzipSync(log.text));
  state = await begunState("headcount-replay");
  const secrets = join(state, ".dev.vars");
  ensureSecrets(secrets);
  service = await startService({ state, secrets, port: 0 });
  adminKey = readVariables(secrets).ADMIN_KEY ?? "";
  site = siteAt({ url: service.url, adminKey });
});
afterAll(async () => {
  killCommands();
  service.signal("SIGTERM");
  await service.exited;
  rmSync(directory, { recursive: true });
  removeState(state);
});

const replay = (...more: readonly string[]) =>
  start([MAIN, "replay", path, "--site", SITE, "--url", service.url, ...more], {
    ADMIN_KEY: adminKey,
  }).ended;

/** What the service says of the contents, by the hour. */
const told = async (contents: Iterable<string>) => {
  const counts = new Map<string, ReadonlyMap<number, number>>();
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const range = `from=${day(END - 2 * 24 * HOUR_MS)}&to=${day(END + 24 * HOUR_MS)}`;
  for (const content of contents) {
    const query = `granularity=hour&limit=1000&consistency=strong&${range}`;
    const { periods } = (await site.read(`/v1/stats/contents/${content}?${query}`)) as Stats;
    const viewed = periods.filter(({ views }) => views > 0);
    counts.set(content, new Map(viewed.map(({ start: hour, views }) => [hour, views])));
  }
  return counts;
};

const hourText = (at: number) => new Date(at).toISOString().slice(0, 13);

interface Stats {
  readonly periods: readonly { readonly start: number; readonly views: number }[];
}

const expected = countNaively(log.text, SITE);
const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
const total = sum([...expected.values()].map((hours) => sum(hours.values())));

test("a dry run counts what a naive script does, and sends nothing", async () => {
  const { code, output } = await replay("--dry-run");
  expect(output).toContain(`${LINES.toLocaleString("en-US")} lines:`);
  expect(output).toMatch(new RegExp(`${total.toLocaleString("en-US")} +counted`));
  expect(output).toMatch(new RegExp(`${log.malformed} +malformed`));
  expect(output).toContain("Nothing was sent");
  expect(code).toBe(0);
  const [content = ""] = expected.keys();
  expect(await site.read(`/v1/counts/${content}`)).toMatchObject({ views: 0 });
});

test("replayed, each content has in each hour what the script found, in statistics and in its number", async () => {
  const { code, output } = await replay();
  const grouped = total.toLocaleString("en-US");
  expect(output).toContain(`0 views before, ${grouped} after`);
  expect(code).toBe(0);
  await site.operate("POST", "/flush");
  expect(await told(expected.keys())).toEqual(expected);
  for (const [content, hours] of expected) {
    const views = sum(hours.values());
    expect(await site.read(`/v1/counts/${content}?consistency=strong`)).toMatchObject({ views });
  }
});

test("replayed again, nothing is new: every hour is read with its copies, and is what it was", async () => {
  const history = historyApi(askAt({ url: service.url, key: adminKey }, AbortSignal.timeout(1e6)));
  const since = await history.lastRunAt();
  const copiesIn = (runs: readonly HourRun[]) => {
    const latest = new Map<string, HourRun>();
    for (const run of runs) {
      const name = `${run.hour} ${run.shard}`;
      if (run.run > (latest.get(name)?.run ?? 0)) latest.set(name, run);
    }
    return sum([...latest.values()].map(({ detail }) => detail.copies));
  };
  const grouped = total.toLocaleString("en-US");
  const { code, output } = await replay();
  expect(output).toContain(`${grouped} views before, ${grouped} after`);
  expect(code).toBe(0);
  const sent = Number(/([\d,]+) events sent/.exec(output)?.[1]?.replaceAll(",", ""));
  // What a Collector has may be with its Tally only after the hours were read.
  await expect
    .poll(async () => {
      const hours = ["--from", hourText(END - 27 * HOUR_MS), "--to", hourText(END + HOUR_MS)];
      const args = [MAIN, "correct", "--url", service.url, ...hours];
      expect((await start(args, { ADMIN_KEY: adminKey }).ended).code).toBe(0);
      return copiesIn(await history.runsAfter(since));
    }, PATIENCE)
    .toBeGreaterThanOrEqual(sent);
  for (const { before, after } of await history.runsAfter(since)) expect(after).toBe(before);
  await site.operate("POST", "/flush");
  expect(await told(expected.keys())).toEqual(expected);
});
