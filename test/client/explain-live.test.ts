import { expect, test } from "vitest";
import { explain } from "../../src/client/explain.ts";
import { explainClose, explainMessage } from "../../src/client/explain-live.ts";
import { CLOSE_CODES } from "../../src/protocol/live-messages.ts";

test("each reason the service has to close a socket has a sentence of its own", () => {
  const sentences = Object.values(CLOSE_CODES).map((code) => explainClose(code, true));

  expect(new Set(sentences).size).toBe(sentences.length);
  for (const sentence of sentences) expect(sentence).not.toMatch(/code \d/);
  expect(explainClose(1006, true)).toContain("code 1006");
});

test("a socket that never opened names what may be in its way", () => {
  expect(explainClose(1006, false)).toContain("ALLOWED_ORIGINS");
});

test("numbers, states and beats are said, and nothing else is", () => {
  const count = { type: "count", viewers: 3, peak: 7, total: 9 };
  expect(explainMessage(count)).toBe("3 viewers, at most 7, in all 9.");
  expect(explainMessage({ type: "status", status: "ended" })).toContain("ended");
  expect(explainMessage({ type: "beat" })).toContain("still there");
  expect(explainMessage({})).toBeUndefined();
});

test("a heartbeat is told from a read", () => {
  const beat = { path: "v1/streams/s/heartbeat", body: {}, dropped: null };
  expect(explain({ ...beat, status: 200 })).toContain("heartbeat");
  expect(explain({ ...beat, status: 409 })).toContain("not live");
});
