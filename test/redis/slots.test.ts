import { createClient } from "@redis/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stamp } from "../../src/core/stamp.ts";
import { NO_REDIS } from "../support/redis.ts";
import {
  aStreamOf,
  content,
  openRedisModel,
  partsOf,
  type RedisModel,
  streamOf,
} from "../support/redis-model.ts";

/** Where a key is in a cluster: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ */
const slotOf = (key: string): number => {
  const [, tag = key] = /\{([^}]+)\}/.exec(key) ?? [];
  return crc16(tag) % 16_384;
};

const crc16 = (text: string): number => {
  let crc = 0;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
    }
  }
  return crc;
};

/** Of these every argument is a key, of all others that the scripts use the first. */
const KEYS_ALONE: ReadonlySet<string> = new Set(["EXISTS", "DEL"]);

const keysOf = ([name = "", ...words]: readonly string[]): readonly string[] =>
  KEYS_ALONE.has(name.toUpperCase()) ? words : words.slice(0, 1);

describe.skipIf(NO_REDIS)("in a cluster", () => {
  let redis: RedisModel;

  beforeAll(async () => {
    redis = await openRedisModel();
  });

  afterAll(() => redis.close());

  /** What scripts do in our database, as Redis sees it, from now on. */
  const watchScripts = async () => {
    const { socketPath, database } = redis.redis.address;
    const client = createClient({
      RESP: 2,
      disableClientInfo: true,
      maintNotifications: "disabled",
      socket: { path: socketPath, tls: false, reconnectStrategy: false },
    });
    client.on("error", () => undefined);
    await client.connect();
    const seen: (readonly string[])[] = [];
    let heard = () => {};
    await client.monitor((line) => {
      const [, from, rest = ""] = /^[\d.]+ \[(\d+ \S+)\] (.*)$/s.exec(`${line}`) ?? [];
      const words = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = ""]) => word);
      if (from === `${database} lua`) seen.push(words);
      if (words[0] === "echo") heard();
    });
    /** Everything that was done before is in it. */
    const untilNow = async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      heard = resolve;
      await redis.redis.command("echo", "now");
      await promise;
      return seen.splice(0);
    };
    return { untilNow, close: () => client.destroy() };
  };

  test("slots are those of the specification", () => {
    expect(crc16("123456789")).toBe(0x31c3);
    expect(slotOf("count:{a}")).toBe(slotOf("view:{a}"));
    expect(slotOf("{rank}:day:all")).toBe(slotOf("{rank}:realtime:category:a"));
    expect(slotOf("count:{a}")).not.toBe(slotOf("count:{b}"));
  });

  test("whatever a command or a script touches lies in one slot, that of the keys it names", async () => {
    await redis.settle();
    redis.calls.length = 0;
    const { model } = redis;
    await model.publishCounts(["a", "b", "c"].flatMap((id) => partsOf(content(id), 1)));
    for (const [version, category] of ["games", "music", null].entries()) {
      const more = { category, asOf: redis.now, stamp: stamp(1, version) };
      await model.publishStream(aStreamOf(streamOf("moves"), more));
    }
    await model.publishStream(aStreamOf(streamOf("silent"), { category: "games" }));
    redis.now += 60_000;
    await model.publishStream(aStreamOf(streamOf("new"), { category: "c", asOf: redis.now }));
    redis.now += 10 * 60_000;
    const end = { status: "ended", asOf: redis.now, stamp: stamp(1, 2) } as const;
    await model.publishStream(aStreamOf(streamOf("new"), { ...end, category: "c" }));
    await model.counts(["a", "b"].map(content));
    await model.stream(streamOf("new"));
    await model.live(5);
    await model.live(5, "games");
    const ranking = { asOf: redis.now, from: 0, to: 2 * redis.now, contents: [] };
    await model.publishRankings(
      (["realtime", "day"] as const).flatMap((window) =>
        [undefined, "games"].map((category) => ({
          ...{ window, category, ranking: { window, ...ranking } },
        })),
      ),
    );
    await model.views("day", 5);
    await model.views("realtime", 5, "games");

    // Once more from the beginning, each alone, so that it is known what was done by which.
    const commands = redis.calls.flat();
    await redis.redis.flush();
    const scripts = await watchScripts();
    try {
      const touched = new Set<string>();
      for (const command of commands) {
        const [name = "", first = "", count = ""] = command;
        await redis.redis.command(...command);
        const done = await scripts.untilNow();
        const isScript = name.toUpperCase().startsWith("EVAL");
        const named = isScript ? command.slice(3, 3 + Number(count)) : [first];
        const keys = [...named, ...done.flatMap(keysOf)];
        expect(done.length > 0).toBe(isScript);
        expect(new Set(keys.map(slotOf)).size, keys.join(" ")).toBe(1);
        for (const key of keys) touched.add(key);
      }
      expect(touched).toEqual(
        new Set([
          ...["count:{a}", "count:{b}", "count:{c}", "headcount:incarnation"],
          ...["view:{moves}", "view:{new}", "view:{silent}"],
          ...["{live}:all", "{live}:born", "{live}:entries", "{live}:gone", "{live}:heard"],
          ...["{rank}:realtime:all", "{rank}:realtime:category:games"],
          ...["{rank}:day:all", "{rank}:day:category:games"],
          ...["{live}:category:c", "{live}:category:games", "{live}:category:music"],
        ]),
      );
    } finally {
      scripts.close();
    }
  });
});
