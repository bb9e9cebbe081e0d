/** What `npm run bench -- read` asks for: of memory and Tallies, and of Redis by three ways. */
import { countKey, LIVE_KEYS } from "../src/adapters/redis/keys.ts";
import { READ_LIST_LUA } from "../src/adapters/redis/list-script.ts";
import { LIVE_STALE_MS, RANKING_MAX_STREAMS } from "../src/core/limits.ts";
import { contentOf } from "./flush-work.ts";
import { type Answer, getBytes, requestBytes } from "./http-client.ts";
import type { Verify } from "./load.ts";
import { homeOf, MANY_CONTENTS } from "./publish-work.ts";
import type { Measurable, RedisSide } from "./redis-side.ts";

export interface ReadScenario {
  readonly name: string;
  /** Counts in an answer. */
  readonly contents: number;
  readonly port: number;
  readonly connections: number;
  /** Those whose CPU is told, in the order of the table's columns; `undefined` has no part in it. */
  readonly meters: readonly (Pick<Measurable, "cpuSeconds"> | undefined)[];
  /** Of the next request. */
  request(): Buffer;
  readonly verify: Verify;
}

/** The first one is what the others are compared with. */
export type ReadGroup = readonly [ReadScenario, ...ReadScenario[]];

const MANY = 50;

const CONNECTIONS = 64;

/** Enough to saturate, and few enough that none waits for the half second after which Redis is given up. */
const REDIS_CONNECTIONS = 16;

const hasText =
  (text: string): Verify =>
  ({ status, body }: Answer) => {
    if (status !== 200 || !body.includes(text)) throw new Error(`${status}: ${body.slice(0, 500)}`);
  };

const answered = hasText("");

export const memoryGroup = (bare: Measurable, headcount: Measurable): ReadGroup => {
  const many = Array.from({ length: MANY }, (_, n) => `content=article-${n}`).join("&");
  let fresh = 0;
  const next = () => {
    fresh += 1;
    return getBytes(`/v1/counts/never-read-${fresh}`);
  };
  const on = ({ port }: Measurable, path: string) => ({ port, request: () => getBytes(path) });
  const one = { contents: 1, connections: CONNECTIONS, meters: [headcount], verify: answered };
  return [
    { ...one, ...on(bare, "/bare"), name: "bare Hono GET", meters: [bare] },
    // Every few seconds one of them is the question that refreshes it.
    { ...one, ...on(headcount, "/v1/counts/article-0"), name: "a count from memory" },
    {
      ...{ ...one, port: headcount.port, request: next },
      ...{ name: "a count from its Tally", verify: hasText('"source":"tally"') },
    },
    {
      ...{ ...one, ...on(headcount, `/v1/counts?${many}`) },
      ...{ name: `${MANY} counts from memory`, contents: MANY },
    },
  ];
};

/** @param headcount of which the read model is that Redis */
export const redisGroups = (side: RedisSide, headcount: Measurable): readonly ReadGroup[] => {
  const next = nextContents();
  const counts = (name: string, contents: number, path: () => string): ReadGroup =>
    threeWays(side, name, headcount, {
      ...{ contents, verify: hasText('"source":"readmodel"') },
      request: () => getBytes(path()),
      commands: () => next(contents).map((id) => ["HMGET", countKey(id), `${homeOf(id)}`]),
    });
  const list = ["EVAL", READ_LIST_LUA, "3", LIVE_KEYS.all, LIVE_KEYS.entries, LIVE_KEYS.born];
  const since = Date.now() - LIVE_STALE_MS;
  return [
    counts("a count", 1, () => `/v1/counts/${next(1)[0]}`),
    counts(`${MANY} counts`, MANY, () => {
      const query = next(MANY).map((id) => `content=${id}`);
      return `/v1/counts?${query.join("&")}`;
    }),
    threeWays(side, "a live list", side.adapter, {
      ...{ contents: 0, request: () => getBytes("/live"), verify: hasText('"stream":') },
      commands: () => [[...list, `${RANKING_MAX_STREAMS}`, `${since}`]],
    }),
  ];
};

type Asked = Pick<ReadScenario, "contents" | "request" | "verify"> & {
  /** The same question in the words of Redis. */
  commands(): readonly (readonly string[])[];
};

/** By the floor, by the gateway alone, and by the Worker through the gateway. */
const threeWays = (
  { plain, gateway, redis, connection }: RedisSide,
  name: string,
  worker: Measurable,
  { commands, ...question }: Asked,
): ReadGroup => {
  const asked = { ...question, connections: REDIS_CONNECTIONS };
  const authorization = `Authorization: Bearer ${connection.token}`;
  return [
    {
      ...{ ...asked, name: `${name}: Node, \`@redis/client\`` },
      ...{ port: plain.port, meters: [plain, undefined, redis] },
    },
    {
      ...{ ...asked, name: `${name}: the gateway alone`, port: gateway.port },
      ...{ meters: [undefined, gateway, redis], verify: hasText('"result":') },
      request: () => requestBytes("/pipeline", commands(), [authorization]),
    },
    {
      ...{ ...asked, name: `${name}: the Worker` },
      ...{ port: worker.port, meters: [worker, gateway, redis] },
    },
  ];
};

/** In turn: before one comes again, the Worker has forgotten it for the 10,000 others that it remembers. */
const nextContents = () => {
  let index = 0;
  return (count: number) =>
    Array.from({ length: count }, () => {
      index = (index + 1) % MANY_CONTENTS;
      return contentOf(index);
    });
};
