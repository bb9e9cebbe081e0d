import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import type { CollectorRpc } from "../../../src/protocol/object-rpc.ts";
import { makePost, problemOf, viewsOf } from "../support/client.ts";
import { type Fetch, workerWith } from "../support/compose.ts";
import { makeToken } from "../support/events.ts";
import { collectorAt, drain } from "../support/objects.ts";

type Append = (name: string, frames: Uint8Array) => ReturnType<CollectorRpc["append"]>;

/** The Worker before Collectors that misbehave. */
const before = (append: Append): Fetch =>
  workerWith({
    COLLECTORS: { getByName: (name) => ({ append: (frames) => append(name, frames) }) },
  });

const honest: Append = (name, frames) => env.COLLECTORS.getByName(name).append(frames);

const confirmAt = async (worker: Fetch, colo: string, query = ""): Promise<Response> => {
  const body = JSON.stringify({
    token: await makeToken({ content: `lane-${colo.replaceAll(/\W/g, "-")}` }),
  });
  return worker(makePost(`/v1/views/confirm${query}`, body, { cf: { colo } }));
};

const ackOf = async (answer: Response): Promise<string> => {
  expect(answer.status).toBe(202);
  return (await answer.json<{ ack: string }>()).ack;
};

test("a Collector that says overloaded is left for the next one of the colo", async () => {
  const worker = before((name, frames) =>
    name.endsWith(":0") ? Promise.resolve({ status: "overloaded" }) : honest(name, frames),
  );
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  expect(await ackOf(await confirmAt(worker, "SAA", "?wait=5"))).toBe("durable");
  expect(await ackOf(await confirmAt(worker, "SAA", "?wait=5"))).toBe("durable");
  vi.restoreAllMocks();
  await drain(collectorAt("SAA", 1));
  expect(await viewsOf("lane-SAA")).toBe(2);
});

test("what the platform calls overloaded is not asked again there", async () => {
  const asked: string[] = [];
  const worker = before((name, frames) => {
    asked.push(name);
    if (name.endsWith(":0")) throw Object.assign(new Error("too many"), { overloaded: true });
    return honest(name, frames);
  });
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  expect(await ackOf(await confirmAt(worker, "SBA", "?wait=5"))).toBe("durable");
  vi.restoreAllMocks();
  expect(asked).toEqual(["collector:SBA:0", "collector:SBA:1"]);
});

test("a call that failed after it was taken is repeated, and the view counts once", async () => {
  let failures = 1;
  const worker = before(async (name, frames) => {
    const answer = await honest(name, frames);
    failures -= 1;
    if (failures >= 0) throw new Error("the answer was lost");
    return answer;
  });
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  expect(await ackOf(await confirmAt(worker, "SCA", "?wait=5"))).toBe("durable");
  vi.restoreAllMocks();
  await drain(collectorAt("SCA"));
  expect(await viewsOf("lane-SCA")).toBe(1);
});

test("Collectors that all fail leave 503 to who waits, each token named, to be sent again", async () => {
  const worker = before(() => Promise.reject(new Error("gone")));
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const tokens = [await makeToken({ content: "lane-SDA" }), "forged"];
  const body = JSON.stringify({ tokens });
  const answer = await worker(makePost("/v1/views/confirm?wait=5", body, { cf: { colo: "SDA" } }));
  vi.restoreAllMocks();
  expect(answer.headers.get("Retry-After")).toBe("1");
  expect(await problemOf(answer)).toMatchObject({
    status: 503,
    code: "not-durable",
    results: [
      { status: 503, code: "not-durable", eventId: expect.any(String) },
      { status: 401, code: "token-forged" },
    ],
  });
});

test("Collectors that fail before the deadline are no acceptance either", async () => {
  const worker = before(() => Promise.reject(new Error("gone")));
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const answer = await confirmAt(worker, "SEA");
  vi.restoreAllMocks();
  expect((await problemOf(answer)).code).toBe("not-durable");
});

test("a colo nobody knows makes one object, however it is spelt", async () => {
  const asked = new Set<string>();
  const worker = before((name, frames) => {
    asked.add(name);
    return honest(name, frames);
  });
  for (const colo of ["fra", "FRAN", "F1A", "../", ""]) {
    expect(await ackOf(await confirmAt(worker, colo, "?wait=5"))).toBe("durable");
  }
  expect([...asked]).toEqual(["collector:XXX:0"]);
});
