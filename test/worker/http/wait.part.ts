import { describe, expect, test } from "vitest";
import { makePost, refusalOf, send } from "../support/client.ts";
import { makeToken } from "../support/events.ts";

const confirmAt = async (query: string, headers = {}): Promise<Response> => {
  const body = JSON.stringify({ token: await makeToken({ content: "waited-for" }) });
  return send(makePost(`/v1/views/confirm${query}`, body, { headers, cf: { colo: "CCA" } }));
};

const durable = { ack: "durable", eventId: expect.any(String) };

test("?wait=2 answers once the view is durable", async () => {
  const answer = await confirmAt("?wait=2");
  expect(answer.status).toBe(202);
  expect(await answer.json()).toEqual(durable);
});

test.each(["wait=2", "respond-async, wait=2", "respond-async,wait=2"])(
  "Prefer: %s answers once the view is durable, and says that it was honoured",
  async (prefer) => {
    const answer = await confirmAt("", { Prefer: prefer });
    expect(answer.status).toBe(202);
    expect(answer.headers.get("Preference-Applied")).toBe("wait=2");
    expect(await answer.json()).toEqual(durable);
  },
);

test("without a wait the answer promises no preference", async () => {
  const answer = await confirmAt("");
  expect(answer.status).toBe(202);
  expect(answer.headers.has("Preference-Applied")).toBe(false);
  expect(await answer.json()).toEqual({
    ack: expect.stringMatching(/^(durable|accepted)$/),
    eventId: expect.any(String),
  });
});

describe("a wait that cannot be kept is refused, before the view is touched", () => {
  test.each(["0", "11", "999", "1000", "-1", "1.5", "2s", "two", "", "0x2", "1e1"])(
    "?wait=%s",
    async (wait) => {
      expect(await refusalOf(await confirmAt(`?wait=${wait}`))).toEqual([400, "invalid-request"]);
    },
  );
});

test("a preference beyond what can be kept is met as far as it can be", async () => {
  const answer = await confirmAt("", { Prefer: "wait=600" });
  expect(answer.headers.get("Preference-Applied")).toBe("wait=10");
  expect(await answer.json()).toEqual(durable);
});

test("a preference of another kind is left alone", async () => {
  const answer = await confirmAt("", { Prefer: "return=minimal, await=3" });
  expect(answer.status).toBe(202);
  expect(answer.headers.has("Preference-Applied")).toBe(false);
});
