import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { r2RawLog } from "../../../src/adapters/r2/raw-log.ts";
import { systemRandom, systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { RAW_LOG_ATTEMPTS } from "../../../src/core/limits.ts";
import type { RawLog } from "../../../src/ports/raw-log.ts";
import type { Timers } from "../../../src/ports/timers.ts";
import { rawLogContract } from "../../contract/raw-log.ts";

describe("the raw log on R2", () => {
  const log = r2RawLog(env.RAW_LOG, { timers: systemTimers, random: systemRandom });
  rawLogContract(() => log);
});

/** Timers that wait a hundredth of what they are told. */
const quickTimers: Timers = { start: (ms) => systemTimers.start(ms / 100) };

type Call = (...args: unknown[]) => unknown;

/** The bucket, with one call replaced. */
const bucketWith = (name: keyof R2Bucket, replaced: (real: Call) => Call): R2Bucket => {
  const realOf = (key: PropertyKey): Call => Reflect.get(env.RAW_LOG, key).bind(env.RAW_LOG);
  const call = replaced(realOf(name));
  return new Proxy(env.RAW_LOG, { get: (_, key) => (key === name ? call : realOf(key)) });
};

const over = (bucket: R2Bucket): RawLog =>
  r2RawLog(bucket, { timers: quickTimers, random: systemRandom });

const never = () => new Promise<never>(() => undefined);

/** Fails this often, after or instead of what it should do. */
const failing =
  (times: number, isDone: boolean) =>
  (real: Call): Call => {
    let left = times;
    return async (...args) => {
      if (left === 0) return real(...args);
      left -= 1;
      if (isDone) await real(...args);
      throw new Error("10001: internal error");
    };
  };

const linesOf = async (log: RawLog, name: string): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const batch of (await log.read(name)) ?? []) lines.push(...batch);
  return lines;
};

const calls: readonly (readonly [keyof R2Bucket & keyof RawLog, (log: RawLog) => unknown])[] = [
  ["put", (log) => log.put("faults/put", ["a"])],
  ["list", (log) => log.list("faults/")],
  ["delete", (log) => log.delete(["faults/none"])],
];

test.each([...calls, ["get", (log: RawLog) => log.read("faults/none")] as const])(
  "a %s that never answers is given up, and says what it was",
  async (name, call) => {
    await expect(call(over(bucketWith(name, () => never)))).rejects.toThrow(
      /^raw log: .*faults.* did not answer within|^raw log: delete of 1 objects/,
    );
  },
);

test.each(calls)("a %s is tried again, and no more often than it may", async (name, call) => {
  await call(over(bucketWith(name, failing(RAW_LOG_ATTEMPTS - 1, false))));
  await expect(call(over(bucketWith(name, failing(RAW_LOG_ATTEMPTS, false))))).rejects.toThrow(
    "10001",
  );
});

test("a put whose answer was lost is found there, as it was put first", async () => {
  const bytes = await over(bucketWith("put", failing(1, true))).put("faults/lost", ["a", "b"]);
  expect(bytes).toBe((await env.RAW_LOG.head("faults/lost"))?.size);
  expect(await linesOf(over(env.RAW_LOG), "faults/lost")).toEqual(["a", "b"]);
});

test("a read that stalls in the middle is given up, after the lines that came", async () => {
  const name = "faults/stalled";
  const lines = Array.from({ length: 20_000 }, () => crypto.randomUUID());
  await over(env.RAW_LOG).put(name, lines);
  const whole = await (await env.RAW_LOG.get(name))?.arrayBuffer();
  const half = new Uint8Array(whole ?? new ArrayBuffer(0)).subarray(0, 200_000);
  const body = new ReadableStream<Uint8Array>({ start: (it) => it.enqueue(half) });
  const got: string[] = [];
  const reading = async () => {
    const log = over(bucketWith("get", () => async () => ({ body })));
    for await (const batch of (await log.read(name)) ?? []) got.push(...batch);
  };
  await expect(reading()).rejects.toThrow(/read of "faults\/stalled" did not answer within/);
  expect(got.length).toBeGreaterThan(0);
  expect(lines.slice(0, got.length)).toEqual(got);
});

test.each([1, 9, 1_000])(
  "an object without its last %i bytes throws, and so does one of garbage",
  async (lost) => {
    const whole = `faults/whole-${lost}`;
    const torn = `faults/torn-${lost}`;
    const log = over(env.RAW_LOG);
    await log.put(
      whole,
      Array.from({ length: 500 }, () => crypto.randomUUID()),
    );
    const bytes = await (await env.RAW_LOG.get(whole))?.arrayBuffer();
    await env.RAW_LOG.put(torn, bytes?.slice(0, -lost) ?? "");
    await expect(linesOf(log, torn)).rejects.toThrow();
    await env.RAW_LOG.put(`${torn}-garbage`, "no gzip at all");
    await expect(linesOf(log, `${torn}-garbage`)).rejects.toThrow();
  },
);

test("a last line without its end is a line", async () => {
  const gzip = new Response("a\nb").body?.pipeThrough(new CompressionStream("gzip"));
  await env.RAW_LOG.put("faults/open", await new Response(gzip ?? null).arrayBuffer());
  expect(await linesOf(over(env.RAW_LOG), "faults/open")).toEqual(["a", "b"]);
});

test("pages follow one another, and an empty one is not the end", async () => {
  const names = ["1", "2", "3"].map((end) => `paged/${end}`);
  for (const name of names) await over(env.RAW_LOG).put(name, []);
  let isFirst = true;
  const log = over(
    bucketWith("list", (real) => async (options) => {
      if (!isFirst) return real({ ...Object(options), limit: 2 });
      isFirst = false;
      const page = Object(await real({ ...Object(options), limit: 1 }));
      return { objects: [], truncated: true, cursor: page.cursor, delimitedPrefixes: [] };
    }),
  );
  expect(await log.list("paged/")).toEqual(names.slice(1));
  expect(await log.list("paged/")).toEqual(names.slice(0, 2));
  expect(await log.list("paged/", names[1])).toEqual(names.slice(2));
});
