import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { CAP_LIFE_MS, CAPS_PER_COLO } from "../../../src/core/limits.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { decodeEvent } from "../../../src/protocol/event-codec.ts";
import { brokenTally, fail } from "../support/broken.ts";
import { confirmAll, makePost, problemOf, viewsOf } from "../support/client.ts";
import { type Fetch, workerWith, workerWithServices } from "../support/compose.ts";
import { makeToken, SECONDS_AGO_MS, sealer } from "../support/events.ts";
import { collectorAt, drain } from "../support/objects.ts";

/** A network that rents out servers. */
const RENTED = { asn: 16_509 };

interface From {
  readonly content?: string;
  readonly client?: string;
  readonly address: string;
  readonly agent?: string;
  readonly cf?: CfProperties;
}

const open = (worker: Fetch, { content = "capped", client, address, agent, cf }: From) => {
  const headers = { "CF-Connecting-IP": address, ...(agent && { "User-Agent": agent }) };
  return worker(
    makePost("/v1/views", JSON.stringify({ content, client }), { headers, ...(cf && { cf }) }),
  );
};

const tokenOf = async (answer: Response): Promise<string> => {
  expect(answer.status).toBe(202);
  return (await answer.json<{ readonly token: string }>()).token;
};

const eventOf = async (token: string): Promise<ViewEvent> => {
  const opened = await sealer.open(token);
  const event = opened.status === "genuine" ? decodeEvent(opened.payload) : undefined;
  if (event === undefined) throw new Error("the token holds no event");
  return event;
};

/** Opens views one after the other, each as another client. */
const openMany = async (worker: Fetch, many: number, from: From): Promise<readonly string[]> => {
  const tokens: string[] = [];
  for (let n = 0; n < many; n += 1) {
    tokens.push(await tokenOf(await open(worker, { client: `client-${n}`, ...from })));
  }
  return tokens;
};

const visitorsOf = async (tokens: readonly string[]): Promise<readonly string[]> => {
  const events = await Promise.all(tokens.map(eventOf));
  return events.map(({ visitor: { hi, lo } }) => `${hi}:${lo}`);
};

/** Views are opened some seconds ago, so that no test waits for the dwell. */
const secondsAgo = (changes: Parameters<typeof workerWith>[0]): Fetch =>
  workerWithServices((services) => {
    const clock = { now: () => Date.now() - SECONDS_AGO_MS };
    return { ...services, mint: { ...services.mint, clock } };
  }, changes);

describe("visitors of a network", () => {
  test("above the cap all further ones are one, also when they are counted", async () => {
    const worker = secondsAgo({ VISITORS_PER_NETWORK: "10" });
    const from = { content: "farmed", address: "198.51.100.1", cf: { colo: "CAA" } };
    const tokens = await openMany(worker, 30, from);
    const visitors = await visitorsOf(tokens);
    expect(new Set(visitors.slice(0, 10)).size).toBe(10);
    expect(new Set(visitors.slice(10)).size).toBe(1);
    expect(new Set(visitors).size).toBe(11);

    await confirmAll(tokens, { cf: { colo: "CAA" } });
    await drain(collectorAt("CAA"));
    expect(await viewsOf("farmed")).toBe(11);
  });

  test("whatever they change to be told apart: without its places a user agent is none either", async () => {
    const worker = workerWith({ VISITORS_PER_NETWORK: "9" });
    const from = { address: "198.51.100.2", cf: { colo: "CAB" } };
    await openMany(worker, 9, from);
    const agent = (n: number) =>
      `Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/${n}.0 and more`;
    const further = [];
    for (let n = 0; n < 5; n += 1) {
      further.push(await tokenOf(await open(worker, { ...from, agent: agent(n) })));
    }
    expect(new Set(await visitorsOf(further)).size).toBe(1);
  });

  test("who has a place keeps it, and other networks have theirs", async () => {
    const worker = workerWith({ VISITORS_PER_NETWORK: "10" });
    const from = { address: "198.51.100.3", cf: { colo: "CAC" } };
    const first = await visitorsOf(await openMany(worker, 20, from));
    const again = await visitorsOf(await openMany(worker, 20, from));
    expect(again).toEqual(first);
    const elsewhere = await visitorsOf(
      await openMany(worker, 10, { ...from, address: "198.51.100.4" }),
    );
    expect(new Set([...elsewhere, ...first]).size).toBe(10 + 11);
  });

  test("a network of machines for rent has fewer", async () => {
    const worker = workerWith({ VISITORS_PER_HOSTING_NETWORK: "9", VISITORS_PER_NETWORK: "20" });
    const from = { address: "198.51.100.5", cf: { colo: "CAD", ...RENTED } };
    expect(new Set(await visitorsOf(await openMany(worker, 20, from))).size).toBe(10);
    const home = { address: "198.51.100.6", cf: { colo: "CAD", asn: 3_320 } };
    expect(new Set(await visitorsOf(await openMany(worker, 20, home))).size).toBe(20);
  });

  test("bots take no places of readers", async () => {
    const worker = workerWith({ VISITORS_PER_NETWORK: "9" });
    const from = { address: "198.51.100.7", cf: { colo: "CAE" } };
    await openMany(worker, 20, {
      ...from,
      agent: "Googlebot/2.1 (+http://www.google.com/bot.html)",
    });
    expect(new Set(await visitorsOf(await openMany(worker, 9, from))).size).toBe(9);
  });

  test("while the object is away every visitor is one of its own", async () => {
    const away = { getByName: () => ({ admitVisitor: fail, admitContent: fail }) };
    const worker = workerWith({ VISITORS_PER_NETWORK: "9", NETWORK_CAPS: away });
    const tokens = await openMany(worker, 20, { address: "198.51.100.8" });
    expect(new Set(await visitorsOf(tokens)).size).toBe(20);
  });

  test("the object hears of no address, client or user agent", async () => {
    const heard: unknown[] = [];
    const hear = async (...asked: unknown[]) => {
      heard.push(asked);
      return { status: "admitted" } as const;
    };
    const ears = {
      getByName: (name: string) => {
        heard.push(name);
        return { admitVisitor: hear, admitContent: hear };
      },
    };
    const worker = workerWith({ NETWORK_CAPS: ears });
    await openMany(worker, 12, { address: "198.51.100.9", cf: { colo: "CAF" } });
    expect(heard).toHaveLength(2 * 4);
    for (const secret of ["198.51.100", "client-", "Mozilla"]) {
      expect(JSON.stringify(heard)).not.toContain(secret);
    }
    const key = { hi: expect.any(Number), lo: expect.any(Number) };
    expect(heard.at(-2)).toMatch(/^caps:CAF:[0-3]$/);
    expect(heard.at(-1)).toEqual([key, key, 2_000 - 8]);
  });
});

describe("new contents of a network", () => {
  const contents = async (worker: Fetch, names: readonly string[], from: From) => {
    const statuses: number[] = [];
    for (const content of names) {
      const answer = await open(worker, { ...from, content });
      await answer.body?.cancel();
      statuses.push(answer.status);
    }
    return statuses;
  };
  const named = (prefix: string, many: number) =>
    Array.from({ length: many }, (_, n) => `${prefix}-${n}`);
  const times = (status: number, many: number) => Array<number>(many).fill(status);

  test("above the cap are refused, and told when a place is free and what the cap is", async () => {
    const worker = workerWith({ NEW_CONTENTS_PER_NETWORK: "10" });
    const from = { address: "198.51.100.20", cf: { colo: "CBA" } };
    const names = named("flood", 12);
    expect(await contents(worker, names, from)).toEqual([...times(202, 10), ...times(429, 2)]);
    const answer = await open(worker, { ...from, content: "flood-more" });
    expect((await problemOf(answer)).code).toBe("too-many-contents");
    const seconds = Number(answer.headers.get("Retry-After"));
    expect(seconds).toBeGreaterThan(CAP_LIFE_MS / 1_000 - 60);
    expect(seconds).toBeLessThanOrEqual(CAP_LIFE_MS / 1_000);
    expect(answer.headers.get("RateLimit-Policy")).toBe('"new-contents";q=10;w=3600');
    expect(answer.headers.get("RateLimit")).toBe(`"new-contents";r=0;t=${seconds}`);
  });

  test("those it opened before are opened again, and other networks open theirs", async () => {
    const worker = workerWith({ NEW_CONTENTS_PER_NETWORK: "10" });
    const from = { address: "198.51.100.21", cf: { colo: "CBB" } };
    const names = named("mine", 10);
    await contents(worker, [...names, "mine-more"], from);
    expect(await contents(worker, names, from)).toEqual(times(202, 10));
    const other = { ...from, address: "198.51.100.22" };
    expect(await contents(worker, ["mine-more"], other)).toEqual([202]);
  });

  test("what somebody has counted is never refused", async () => {
    const names = named("known", 5);
    const tokens = await Promise.all(names.map((content) => makeToken({ content })));
    await confirmAll(tokens, { cf: { colo: "CBC" } });
    await drain(collectorAt("CBC"));
    const worker = workerWith({ NEW_CONTENTS_PER_NETWORK: "10" });
    const from = { address: "198.51.100.23", cf: { colo: "CBC" } };
    await contents(worker, named("unknown", 11), from);
    expect(await contents(worker, names, from)).toEqual(times(202, 5));
    expect(await contents(worker, ["unknown-more"], from)).toEqual([429]);
  });

  test("a network of machines for rent may open fewer", async () => {
    const worker = workerWith({ NEW_CONTENTS_PER_HOSTING_NETWORK: "9" });
    const from = { address: "198.51.100.24", cf: { colo: "CBD", ...RENTED } };
    expect(await contents(worker, named("rented", 11), from)).toEqual([
      ...times(202, 9),
      ...times(429, 2),
    ]);
  });

  test("where only operators make contents there is no such cap", async () => {
    const worker = workerWithServices(
      (services) => {
        const admission = { admits: () => Promise.resolve(true) };
        return { ...services, mint: { ...services.mint, admission } };
      },
      { CONTENTS: "registered", NEW_CONTENTS_PER_NETWORK: "9" },
    );
    const from = { address: "198.51.100.25", cf: { colo: "CBE" } };
    expect(await contents(worker, named("registered", 12), from)).toEqual(times(202, 12));
  });

  test("while Tallies, or the object, are away nothing is refused", async () => {
    const from = { address: "198.51.100.26", cf: { colo: "CBF" } };
    const away = { getByName: () => ({ admitVisitor: fail, admitContent: fail }) };
    const worker = workerWith({ NEW_CONTENTS_PER_NETWORK: "9", NETWORK_CAPS: away });
    expect(await contents(worker, named("away", 12), from)).toEqual(times(202, 12));
    const tallies = workerWith({
      NEW_CONTENTS_PER_NETWORK: "9",
      TALLIES: { getByName: () => brokenTally },
    });
    const names = named("not-to-be-known", 12);
    expect(await contents(tallies, names, from)).toEqual(times(202, 12));
  });
});

test("however many networks flood, a colo has a few objects of caps, and they store nothing", async () => {
  const worker = workerWith({ VISITORS_PER_NETWORK: "9", NEW_CONTENTS_PER_NETWORK: "9" });
  for (let n = 0; n < 12; n += 1) {
    await openMany(worker, 10, { address: `203.0.113.${n}`, cf: { colo: "CCA" } });
  }
  const known = new Set((await listDurableObjectIds(env.NETWORK_CAPS)).map(String));
  const parts = Array.from({ length: CAPS_PER_COLO + 1 }, (_, k) => `caps:CCA:${k}`);
  const there = parts.filter((name) => known.has(`${env.NETWORK_CAPS.idFromName(name)}`));
  expect(there.length).toBeGreaterThan(0);
  expect(there).not.toContain(parts.at(-1));
  for (const name of there) {
    const tables = await runInDurableObject(env.NETWORK_CAPS.getByName(name), (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
    );
    expect(tables).toEqual([]);
  }
});
