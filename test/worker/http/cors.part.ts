import { describe, expect, test } from "vitest";
import { BROWSER, makeGet, makePost, refusalOf, send } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";
import { makeToken } from "../support/events.ts";

const OURS = "https://a.example";
const FOREIGN = "https://b.example";

const preflight = (path: string, origin: string): Request =>
  new Request(`https://headcount.test${path}`, {
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "User-Agent": BROWSER,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "content-type,prefer",
    },
  });

const allowed = (answer: Response): string | null =>
  answer.headers.get("Access-Control-Allow-Origin");

const EXPOSED = "Retry-After,X-Headcount-Dropped,Preference-Applied,RateLimit-Policy,RateLimit";

describe("open to all origins", () => {
  test.each(["/v1/views", "/v1/views/confirm"])("a preflight of %s is granted", async (path) => {
    const answer = await send(preflight(path, FOREIGN));
    expect(answer.status).toBe(204);
    expect(allowed(answer)).toBe("*");
    expect(answer.headers.get("Access-Control-Allow-Methods")).toContain("POST");
    expect(answer.headers.get("Access-Control-Allow-Headers")?.toLowerCase()).toContain("prefer");
    expect(Number(answer.headers.get("Access-Control-Max-Age"))).toBeGreaterThan(0);
  });

  test("any page may read the answer, errors too", async () => {
    const headers = { Origin: FOREIGN };
    const minted = await send(makePost("/v1/views", '{"content":"open"}', { headers }));
    expect([minted.status, allowed(minted)]).toEqual([202, "*"]);
    expect(minted.headers.get("Access-Control-Expose-Headers")).toBe(EXPOSED);
    const malformed = await send(makePost("/v1/views", "{", { headers }));
    expect([malformed.status, allowed(malformed)]).toEqual([400, "*"]);
    const read = await send(makeGet("/v1/counts/open", headers));
    expect([read.status, allowed(read)]).toEqual([200, "*"]);
  });
});

describe("open to listed origins", () => {
  const worker = workerWith({ ALLOWED_ORIGINS: `${OURS}, https://www.a.example:8443` });

  test.each([OURS, "https://www.a.example:8443"])(
    "a page of %s may count and read",
    async (origin) => {
      const headers = { Origin: origin };
      const preflighted = await worker(preflight("/v1/views", origin));
      expect([preflighted.status, allowed(preflighted)]).toEqual([204, origin]);
      const minted = await worker(makePost("/v1/views", '{"content":"listed"}', { headers }));
      expect([minted.status, allowed(minted)]).toEqual([202, origin]);
      expect(`${minted.headers.get("Vary")}`).toContain("Origin");
      const body = JSON.stringify({ token: await makeToken({ content: "listed" }) });
      const confirmed = await worker(makePost("/v1/views/confirm", body, { headers }));
      expect([confirmed.status, allowed(confirmed)]).toEqual([202, origin]);
      const malformed = await worker(makePost("/v1/views", "{", { headers }));
      expect([malformed.status, allowed(malformed)]).toEqual([400, origin]);
    },
  );

  test.each([
    FOREIGN,
    "null",
    "http://a.example",
    "https://a.example.evil.example",
    "https://A.example",
  ])("a page of %s may not count", async (origin) => {
    const headers = { Origin: origin };
    expect(allowed(await worker(preflight("/v1/views", origin)))).toBe(null);
    const minted = await worker(makePost("/v1/views", '{"content":"foreign"}', { headers }));
    expect(await refusalOf(minted)).toEqual([403, "origin-not-allowed"]);
    const body = JSON.stringify({ token: await makeToken({ content: "foreign" }) });
    const confirmed = await worker(makePost("/v1/views/confirm", body, { headers }));
    expect(allowed(confirmed)).toBe(null);
    expect(await refusalOf(confirmed)).toEqual([403, "origin-not-allowed"]);
  });

  test("who is no page, and so sends no origin, may", async () => {
    const minted = await worker(makePost("/v1/views", '{"content":"server-side"}'));
    expect(minted.status).toBe(202);
  });
});
