import { createServer } from "node:http";
import { expect, test } from "vitest";
import { startDemoStreams } from "../../dev/run/demo-streams.ts";
import { listen } from "../browser/support/listen.ts";

/** Of a wait that is meant to be in vain, and of one that is not. */
const SHORT_MS = 300;
const LONG_MS = 30_000;

/** A service that answers its requests with what it is told, and remembers them. */
const openService = async (statusOf: (request: string) => number) => {
  const requests: string[] = [];
  const keys = new Set<string | undefined>();
  const { url, close } = await listen(
    createServer((incoming, outgoing) => {
      const request = `${incoming.method} ${incoming.url}`;
      if (incoming.url !== "/readyz") {
        requests.push(request);
        keys.add(incoming.headers.authorization);
      }
      outgoing.writeHead(statusOf(request)).end("{}");
    }),
  );
  return { url, close, requests, keys };
};

const start = async (url: string, patienceMs = LONG_MS): Promise<string> => {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  await startDemoStreams({ url, adminKey: "key", patienceMs, log });
  expect(lines).toHaveLength(1);
  return lines.join();
};

test("every stream is registered before it is started, whoever it needs before that", async () => {
  const service = await openService(() => 200);
  expect(await start(service.url)).toBe(`Demo streams are live: ${service.url}/demo/live`);
  await service.close();

  const at = (request: string) => service.requests.indexOf(request);
  expect(at("PUT /v1/admin/categories/demo-nature")).toBe(0);
  expect(at("PUT /v1/admin/streams/demo-dusk")).toBeGreaterThan(
    at("PUT /v1/admin/broadcasters/demo-coast-and-field"),
  );
  expect(at("POST /v1/admin/streams/demo-dusk/start")).toBeGreaterThan(
    at("PUT /v1/admin/streams/demo-dusk"),
  );
  expect(service.keys).toEqual(new Set(["Bearer key"]));
});

test("a service that is not ready yet is waited for, and one that never is given up in a line", async () => {
  let looks = 0;
  const late = await openService((request) => {
    if (request !== "GET /readyz") return 200;
    looks += 1;
    return looks > 1 ? 200 : 503;
  });
  expect(await start(late.url)).toContain("are live");
  await late.close();

  const never = await openService(() => 503);
  expect(await start(never.url, SHORT_MS)).toContain("is not ready");
  expect(never.requests).toEqual([]);
  await never.close();
});

test("what is refused is said, and nothing after it is tried", async () => {
  const service = await openService((request) => (request.includes("streams/") ? 503 : 200));
  expect(await start(service.url)).toContain("PUT streams/demo-night-watch was answered 503");
  expect(service.requests.filter((request) => request.startsWith("POST"))).toEqual([]);
  await service.close();
});
