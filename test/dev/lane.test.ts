import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MintedToken, type Minter, makeMinter } from "../../dev/offline-mint.ts";
import { type Answer, type Sent, Sockets } from "../support/sockets.ts";
import { type RunningWorker, startWorker } from "../support/workerd.ts";

const GATED_WORKER = new URL("../worker/fixtures/gated-worker.ts", import.meta.url);
const WAIT = "/v1/views/confirm?wait=8";
const DEADLINE_MS = 60_000;

let worker: RunningWorker;
let sockets: Sockets;
let mint: Minter;
let visitors = 0;

beforeAll(async () => {
  const tokenKeys = `k1:${randomBytes(32).toString("base64url")}`;
  const secrets = { TOKEN_KEYS: tokenKeys, ADMIN_KEY: randomBytes(24).toString("base64url") };
  worker = await startWorker(GATED_WORKER, secrets);
  sockets = new Sockets(worker.port, 128);
  mint = makeMinter({ tokenKeys, shards: `${worker.variables.TALLY_SHARDS}` });
});

afterAll(async () => {
  sockets?.close();
  await worker?.stop();
});

const views = (content: string, count: number): Promise<readonly MintedToken[]> =>
  Promise.all(
    Array.from({ length: count }, () => {
      visitors += 1;
      return mint(content, visitors, Date.now() - 5_000);
    }),
  );

const post = (path: string, body?: unknown): Promise<Answer> =>
  sockets.send("POST", path, body).answer;

const gate = async (): Promise<{ calls: number; hanging: number }> =>
  JSON.parse((await sockets.send("GET", "/gate").answer).body);

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await sleep(20);
  }
};

const counted = async (content: string): Promise<number> => {
  const { body } = await sockets.send("GET", `/v1/counts/${content}?consistency=strong`).answer;
  return JSON.parse(body).views;
};

/** One more view, sent last: once it counts, all before it was folded, so that what counts then is final. */
const expectCounted = async (content: string, expected: number): Promise<void> => {
  const [last] = await views(content, 1);
  expectDurable(await post(WAIT, { token: last?.token }), last);
  await until(`${expected} views of ${content}`, async () => (await counted(content)) > expected);
  expect(await counted(content)).toBe(expected + 1);
};

const expectDurable = ({ status, body }: Answer, view: MintedToken | undefined): void => {
  expect(status).toBe(202);
  expect(JSON.parse(body)).toEqual({ ack: "durable", eventId: view?.eventId });
};

describe.each([2, 8, 64])("over %i connections", (connections) => {
  const ROUNDS = 5;

  test("every parallel confirm is answered with its body, and counts once", async () => {
    const content = `parallel-${connections}`;
    const many = new Sockets(worker.port, connections);
    for (let round = 0; round < ROUNDS; round += 1) {
      const opened = await views(content, connections * 4);
      const answers = await Promise.all(
        opened.map(({ token }) => many.send("POST", WAIT, { token }).answer),
      );
      for (const [index, answer] of answers.entries()) expectDurable(answer, opened[index]);
    }
    many.close();
    await expectCounted(content, ROUNDS * connections * 4);
  });

  test("every confirm that waits for nothing is answered in time, and counts once", async () => {
    const content = `hasty-${connections}`;
    const many = new Sockets(worker.port, connections);
    const opened = await views(content, connections * 4);
    const answers = await Promise.all(
      opened.map(({ token }) => many.send("POST", "/v1/views/confirm", { token }).answer),
    );
    for (const [index, { status, body }] of answers.entries()) {
      expect(status).toBe(202);
      expect(JSON.parse(body)).toEqual({
        ack: expect.stringMatching(/^(durable|accepted)$/),
        eventId: opened[index]?.eventId,
      });
    }
    many.close();
    await expectCounted(content, connections * 4);
  });

  test("clients that go away in the middle take no other's answer with them", async () => {
    const content = `cut-${connections}`;
    const many = new Sockets(worker.port, connections * 2);
    let stayed = 0;
    const left: MintedToken[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const opened = await views(content, connections * 2);
      const sent = opened.map(({ token }) => many.send("POST", WAIT, { token }));
      const answers = sent.map(({ answer }, index) => (index % 2 === 0 ? cutOff(answer) : answer));
      await Promise.all(sent.map(({ written }) => written));
      for (const [index, { cut }] of sent.entries()) if (index % 2 === 0) cut();
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        if (answer === undefined) left.push(opened[index] ?? never());
        else expectDurable(answer, opened[index]);
        stayed += answer === undefined ? 0 : 1;
      }
    }
    many.close();
    for (const view of left) expectDurable(await post(WAIT, { token: view.token }), view);
    await expectCounted(content, stayed + left.length);
  });
});

/** An answer that was there before the socket was cut is an answer. */
const cutOff = (answer: Promise<Answer>): Promise<Answer | undefined> =>
  answer.catch(() => undefined);

const never = (): never => {
  throw new Error("there is one for each");
};

test("one token a hundred times in parallel counts once", async () => {
  const [view] = await views("replayed", 1);
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => post(WAIT, { token: view?.token })),
  );
  for (const answer of answers) expectDurable(answer, view);
  await expectCounted("replayed", 1);
});

test("parallel reads of one content share what they fetch, and all get it", async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => sockets.send("GET", "/v1/counts/read-by-many").answer),
  );
  for (const { status, body } of answers) {
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ content: "read-by-many", views: 0 });
  }
});

describe("behind Collectors that hang", () => {
  const hangOne = async (content: string): Promise<[Sent, MintedToken | undefined]> => {
    await post("/gate/shut");
    const [view] = await views(content, 1);
    const sent = sockets.send("POST", WAIT, { token: view?.token });
    await until("a call hangs", async () => (await gate()).hanging > 0);
    return [sent, view];
  };

  test("confirms that arrive meanwhile go together in one call", async () => {
    const [first, view] = await hangOne("grouped");
    const opened = await views("grouped", 20);
    const before = (await gate()).calls;
    const sent = opened.map(({ token }) => sockets.send("POST", WAIT, { token }));
    await Promise.all(sent.map(({ written }) => written));
    await gate();
    await post("/gate/open");
    expectDurable(await first.answer, view);
    for (const [index, { answer }] of sent.entries()) expectDurable(await answer, opened[index]);
    expect((await gate()).calls - before).toBeLessThan(opened.length);
    await expectCounted("grouped", 21);
  });

  test("a carrier that goes away, calling or grouping, leaves the others their answers", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [calling] = await hangOne(`carried-${round}`);
      const opened = await views(`carried-${round}`, 16);
      const sent = opened.map(({ token }) => sockets.send("POST", WAIT, { token }));
      await Promise.all(sent.map(({ written }) => written));
      await gate();
      const gone = [calling, ...sent.slice(0, 8)].map(({ answer }) => cutOff(answer));
      for (const { cut } of [calling, ...sent.slice(0, 8)]) cut();
      await Promise.all(gone);
      await post("/gate/open");
      for (const [index, { answer }] of sent.entries()) {
        if (index >= 8) expectDurable(await answer, opened[index]);
      }
      const [later] = await views(`later-${round}`, 1);
      expectDurable(await post(WAIT, { token: later?.token }), later);
    }
  });

  test("who waits for nothing is told accepted, who waits is told 503, and all count once they go on", async () => {
    await post("/gate/shut");
    const opened = await views("stuck", 16);
    const answers = await Promise.all(
      opened.map(({ token }, index) =>
        post(index % 2 === 0 ? "/v1/views/confirm" : "/v1/views/confirm?wait=1", { token }),
      ),
    );
    for (const [index, { status, headers, body }] of answers.entries()) {
      const { eventId } = opened[index] ?? never();
      if (index % 2 === 0) {
        expect(status).toBe(202);
        expect(JSON.parse(body)).toEqual({ ack: "accepted", eventId });
      } else {
        expect(status).toBe(503);
        expect(headers["retry-after"]).toBe("1");
        expect(JSON.parse(body)).toMatchObject({ code: "not-durable", eventId });
      }
    }
    await post("/gate/open");
    await expectCounted("stuck", opened.length);
    for (const view of opened) expectDurable(await post(WAIT, { token: view.token }), view);
    await expectCounted("stuck", opened.length + 1);
  });
});
