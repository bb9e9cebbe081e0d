import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Line, openLine } from "../../src/client/live/line.ts";
import type { Numbers } from "../../src/client/live/numbers.ts";
import { CLOSE_CODES } from "../../src/protocol/live-messages.ts";
import { type FakeService, fakeService } from "./support/fake-service.ts";

const LOST = 1006;
const COUNT = { type: "count", viewers: 3, peak: 7, total: 9, at: 1 };
const ANSWER = { viewers: 4, peak: 7, total: 9 };

let service: FakeService;
let line: Line;
let shown: Numbers[];
let ended: number;
let tickets: number;
let canRenew: boolean;

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Chance makes all pauses as short as they can be. */
const afterPause = () => pass(1);

const loseUnopened = async (times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) {
    service.socket().end(LOST);
    await afterPause();
  }
};

const open = async (role: "viewer" | "observer"): Promise<void> => {
  shown = [];
  ended = 0;
  tickets = 0;
  canRenew = false;
  line = openLine({
    address: "https://service/v1/streams/s",
    role,
    who: async () => {
      tickets += 1;
      return { ticket: `${tickets}` };
    },
    canRenew: () => canRenew,
    onNumbers: (numbers) => shown.push(numbers),
    onAlive: () => undefined,
    onEnded: () => {
      ended += 1;
    },
  });
  line.dial();
  await pass(0);
};

beforeEach(async () => {
  service = fakeService();
  vi.spyOn(Math, "random").mockReturnValue(0);
  await open("viewer");
});

afterEach(() => {
  line.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("a line opens one socket, and shows the numbers it hears", () => {
  service.socket().open();
  service.socket().say(COUNT);

  expect(service.socket().url).toBe("wss://service/v1/streams/s/live?role=viewer&ticket=1");
  expect(shown.at(-1)).toMatchObject({ viewers: 3, peak: 7, total: 9 });
  expect(service.opened()).toBe(1);
});

test("a ping goes every 20 s, and at once when the service asks", async () => {
  const socket = service.socket();
  socket.open();
  await pass(20_000);
  socket.say("pong");
  expect(socket.sent).toEqual(["ping"]);

  socket.say({ type: "beat" });
  expect(socket.sent).toEqual(["ping", "ping"]);
  socket.say("pong");
  await pass(40_000);
  expect(service.opened()).toBe(1);
});

test("a socket that answers nothing is given up, and another opened", async () => {
  const socket = service.socket();
  socket.open();
  await pass(40_000);
  expect(socket.closed).toBe(true);
  await afterPause();
  expect(service.opened()).toBe(2);
});

test("a socket that never opens is given up, and another opened", async () => {
  await pass(20_000);
  await pass(1_000);
  expect(service.opened()).toBe(2);
});

test("a ping that was sent only just now is no sign of a dead socket", async () => {
  const socket = service.socket();
  socket.open();
  await pass(19_000);
  socket.say({ type: "beat" });
  await pass(2_000);
  expect(socket.closed).toBe(false);
});

test("pauses grow with each failure, and are short again after a connection that lived 10 s", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0.999);
  const lives = [
    [0, 1_000],
    [9_000, 2_000],
    [0, 4_000],
    [10_000, 1_000],
    [0, 2_000],
  ] as const;
  for (const [livedMs, pauseMs] of lives) {
    const before = service.opened();
    service.socket().open();
    await pass(livedMs);
    service.socket().end(LOST);
    await pass(pauseMs * 0.9);
    expect(service.opened()).toBe(before);
    await pass(pauseMs * 0.1);
    expect(service.opened()).toBe(before + 1);
  }
});

test.each(["replaced", "ended"] as const)(
  "after %s no socket is opened again, whatever happens",
  async (reason) => {
    service.socket().open();
    service.socket().end(CLOSE_CODES[reason]);
    line.dial();
    line.lose();
    await pass(600_000);

    expect(service.opened()).toBe(1);
    expect(service.heartbeats).toEqual([]);
    expect(ended).toBe(reason === "ended" ? 1 : 0);
  },
);

test("a message that the stream has ended is its end", async () => {
  const socket = service.socket();
  socket.open();
  socket.say({ type: "status", status: "syncing" });
  expect(ended).toBe(0);
  socket.say({ type: "status", status: "ended" });
  await pass(600_000);

  expect(ended).toBe(1);
  expect(socket.closed).toBe(true);
  expect(service.opened()).toBe(1);
});

test("while the number is counted anew the page shows the one it has, and goes on afterwards", async () => {
  const socket = service.socket();
  socket.open();
  socket.say(COUNT);
  socket.say({ type: "status", status: "syncing" });
  await pass(15_000);
  expect(shown.length).toBe(1);
  socket.say({ type: "status", status: "live" });
  socket.say({ ...COUNT, viewers: 2 });
  expect(shown.map(({ viewers }) => viewers)).toEqual([3, 2]);
  expect([socket.closed, ended, service.opened()]).toEqual([false, 0, 1]);
});

test("each connection has a ticket of its own; without another to be had, a refused one is the end", async () => {
  canRenew = true;
  service.socket().open();
  service.socket().end(CLOSE_CODES.ticket);
  await afterPause();
  expect(service.socket().url).toContain("ticket=2");

  canRenew = false;
  service.socket().open();
  service.socket().end(CLOSE_CODES.ticket);
  await pass(600_000);
  expect(service.opened()).toBe(2);
});

test("three sockets that never open are followed by heartbeats, whose answers carry the numbers", async () => {
  service.answer(200, ANSWER);
  await loseUnopened(2);
  expect(service.heartbeats).toEqual([]);

  service.socket().end(LOST);
  await pass(0);
  expect(service.heartbeats).toEqual([
    'POST https://service/v1/streams/s/heartbeat {"ticket":"3"}',
  ]);
  expect(shown.at(-1)).toEqual(ANSWER);
  await pass(20_000);
  expect(service.heartbeats.length).toBe(2);
});

test("an observer without a socket asks for the numbers, and no heartbeat counts it", async () => {
  line.close();
  await open("observer");
  service.answer(200, ANSWER);
  await loseUnopened(3);

  expect(new Set(service.heartbeats)).toEqual(new Set(["GET https://service/v1/streams/s "]));
  expect(shown.at(-1)).toEqual(ANSWER);
});

test("while heartbeats are taken a socket is tried every few minutes, and ends them when it opens", async () => {
  service.answer(200, ANSWER);
  await loseUnopened(4);
  const before = service.opened();
  await pass(179_000);
  expect(service.opened()).toBe(before);
  await pass(1_000);
  expect(service.opened()).toBe(before + 1);

  service.socket().open();
  service.socket().say(COUNT);
  const beats = service.heartbeats.length;
  await pass(15_000);
  service.socket().say("pong");
  await pass(10_000);
  expect(service.heartbeats.length).toBe(beats);
});

test("while heartbeats fail as well, sockets are tried as often as before", async () => {
  service.answer(503);
  await loseUnopened(4);
  const before = service.opened();
  await loseUnopened(3);
  expect(service.opened()).toBe(before + 3);
});

test("a heartbeat whose ticket is refused is followed by one with another", async () => {
  service.answer(401);
  await loseUnopened(3);
  expect(service.heartbeats.at(-1)).toContain('"3"');
  await pass(20_000);
  expect(service.heartbeats.at(-1)).not.toContain('"3"');
});

test.each([
  [409, 1],
  [404, 0],
  [403, 0],
])("a heartbeat that is answered %i is the last", async (status, ends) => {
  service.answer(status);
  await loseUnopened(3);
  const beats = service.heartbeats.length;
  const sockets = service.opened();
  await pass(600_000);

  expect(service.heartbeats.length).toBe(beats);
  expect(service.opened()).toBe(sockets);
  expect(ended).toBe(ends);
});

test("too many heartbeats of a network, and a service in trouble, are passing", async () => {
  for (const status of [429, 503, 0]) {
    service.answer(status);
    await loseUnopened(3);
    const beats = service.heartbeats.length;
    await pass(40_000);
    expect(service.heartbeats.length).toBeGreaterThan(beats);
  }
});

test("who sends too many heartbeats comes again when the service said so, and not sooner", async () => {
  service.answer(429, {}, { "Retry-After": "45" });
  await loseUnopened(3);
  const beats = service.heartbeats.length;
  await pass(44_000);
  expect(service.heartbeats.length).toBe(beats);
  service.answer(200, ANSWER);
  await pass(20_000);
  expect(service.heartbeats.length).toBe(beats + 1);
  await pass(20_000);
  expect(service.heartbeats.length).toBe(beats + 2);
});

test("a line that is closed does nothing more, also when it waited for a ticket", async () => {
  service.socket().end(LOST);
  line.dial();
  line.close();
  await pass(600_000);

  expect(service.opened()).toBe(1);
  expect(service.heartbeats).toEqual([]);
});

test("a line that lost its network drops the socket, and the next one is opened when it is back", async () => {
  const socket = service.socket();
  socket.open();
  line.lose();
  expect(socket.closed).toBe(true);
  line.dial();
  await pass(0);
  expect(service.opened()).toBe(2);
  line.dial();
  await pass(0);
  expect(service.opened()).toBe(2);
});
