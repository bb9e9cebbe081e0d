import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { BREAKER_FAILURES } from "../../../src/core/limits.ts";
import { adminRequest } from "../support/admin.ts";
import { brokenTally, hangingD1 } from "../support/broken.ts";
import { makeGet, refusalOf } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";

interface Line {
  readonly event: string;
  readonly backend?: string;
}

let lines: Line[];

beforeEach(() => {
  lines = [];
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => {
      lines.push(JSON.parse(String(line)));
    });
  }
  return () => vi.restoreAllMocks();
});

const breakerLines = (): readonly Line[] =>
  lines.filter(({ event }) => event.startsWith("breaker."));

const CLOSED = { backend: "database", state: "closed" };
const RANKINGS = [
  { backend: "rankings", state: "closed" },
  { backend: "rankings:views", state: "closed" },
];

/** A Worker whose database answers unless it is said to be away. */
const withDatabase = () => {
  const state = { isAway: false, calls: 0 };
  const DB = new Proxy(env.DB, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      state.calls += 1;
      if (state.isAway) throw new Error("D1_ERROR: Network connection lost.");
      return member.bind(target);
    },
  });
  return { state, worker: workerWith({ DB }) };
};

test("a database that is away is told of, fails readers at once and operators not at all once it is back", async () => {
  const { state, worker } = withDatabase();
  const ready = async () => {
    const answer = await worker(makeGet("/readyz"));
    expect(answer.status).toBe(200);
    return answer.json();
  };
  let asked = 0;
  /** Of a content each, so that nobody shares an answer. */
  const readStats = () => {
    asked += 1;
    const range = "granularity=day&from=2026-11-01&to=2026-11-02";
    return worker(makeGet(`/v1/stats/contents/away-${asked}?${range}`));
  };
  expect(await ready()).toEqual({ status: "ready", breakers: [CLOSED, ...RANKINGS] });

  state.isAway = true;
  for (let i = 0; i < BREAKER_FAILURES; i += 1) {
    expect(await refusalOf(await readStats())).toEqual([503, "statistics-unavailable"]);
  }
  expect(await ready()).toEqual({
    status: "ready",
    breakers: [{ backend: "database", state: "open", since: expect.any(Number) }, ...RANKINGS],
  });
  const { calls } = state;
  for (let i = 0; i < 5; i += 1) {
    expect(await refusalOf(await readStats())).toEqual([503, "statistics-unavailable"]);
  }
  expect(state.calls).toBe(calls);
  expect(breakerLines()).toMatchObject([{ event: "breaker.opened", backend: "database" }]);

  state.isAway = false;
  const order = adminRequest("PUT", "categories/while-open", { title: "While open" });
  expect((await worker(order)).status).toBe(200);
  expect((await readStats()).status).toBe(200);
  expect(await ready()).toEqual({ status: "ready", breakers: [CLOSED, ...RANKINGS] });
  expect(breakerLines()).toMatchObject([
    { event: "breaker.opened", backend: "database" },
    { event: "breaker.closed", backend: "database" },
  ]);
});

test("a database that is back is found by readers alone, after its rest", async () => {
  const { state, worker } = withDatabase();
  const readStats = (content: string) =>
    worker(makeGet(`/v1/stats/contents/${content}?granularity=day&from=2026-11-01&to=2026-11-02`));
  state.isAway = true;
  for (let i = 0; i < BREAKER_FAILURES; i += 1) await readStats(`lost-${i}`);
  state.isAway = false;
  await vi.waitFor(async () => expect((await readStats("found")).status).toBe(200), {
    timeout: 30_000,
    interval: 100,
  });
  expect(await (await worker(makeGet("/readyz"))).json()).toMatchObject({
    breakers: [CLOSED, {}, {}],
  });
});

test("a database that hangs is left alone after few readers, who are answered in their time; the log has a line for each call, none for refusals", async () => {
  let calls = 0;
  const DB = new Proxy(hangingD1, {
    get(target, name) {
      calls += 1;
      return Reflect.get(target, name);
    },
  });
  const worker = workerWith({ DB });
  const read = (stream: string) => worker(makeGet(`/v1/streams/${stream}`));
  // At once, as readers come: of a stream each, so that nobody shares an answer.
  const streams = Array.from({ length: BREAKER_FAILURES }, (_, i) => `hanging-${i}`);
  for (const answer of await Promise.all(streams.map(read))) {
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: "aggregating" });
  }
  expect(await (await worker(makeGet("/readyz"))).json()).toMatchObject({
    breakers: [{ backend: "database", state: "open" }, ...RANKINGS],
  });
  for (let i = 0; i < 5; i += 1) expect((await read(`refused-${i}`)).status).toBe(200);
  expect(breakerLines()).toMatchObject([{ event: "breaker.opened", backend: "database" }]);
  expect(lines).toHaveLength(1 + calls);
});

test("a Tally that is overloaded is named in the log once, and not asked again by readers", async () => {
  const calls: string[] = [];
  const TALLIES = {
    getByName: (name: string) => ({
      ...brokenTally,
      counts: () => {
        calls.push(name);
        return Promise.reject(Object.assign(new Error("busy"), { overloaded: true }));
      },
    }),
  };
  const worker = workerWith({ TALLIES });
  for (let i = 0; i < 5; i += 1) {
    expect((await worker(makeGet("/v1/counts/overloaded"))).status).toBe(200);
  }
  expect(calls.length).toBeGreaterThan(0);
  expect(calls).toHaveLength(new Set(calls).size);
  expect(breakerLines()).toMatchObject(
    calls.map((backend) => ({ event: "breaker.opened", backend })),
  );
});
