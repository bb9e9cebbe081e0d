import { expect, test } from "vitest";
import { explain, explainOptOut } from "../../src/client/explain.ts";

const opened = { path: "v1/views", status: 202, body: { content: "a" }, dropped: null };
const confirm = { path: "v1/views/confirm?wait=2", status: 202, body: {}, dropped: null };

test("an opened view is named, and what keeps it from counting is too", () => {
  expect(explain(opened)).toContain('Opened a view of "a"');
  expect(explain({ ...opened, dropped: "bot" })).toContain('will not count: taken for "bot"');
});

test("a refusal says what to mend and whether it is tried again", () => {
  const foreign = explain({ ...opened, status: 403, body: {} });
  expect(foreign).toContain("ALLOWED_ORIGINS");
  expect(foreign).toContain("not tried again");
  expect(explain({ ...opened, status: 0, body: {} })).toContain("It is tried again");
  const malformed = { ...opened, status: 400, body: { detail: "content: an id is" } };
  expect(explain(malformed)).toContain("(content: an id is)");
});

test("each fate of a confirm has its sentence", () => {
  expect(explain(confirm)).toContain("on disk");
  expect(explain({ ...confirm, status: 425, body: { retryAfterMs: 40 } })).toContain("40 ms");
  expect(explain({ ...confirm, status: 503 })).toContain("Not known to be confirmed");
  expect(explain({ ...confirm, status: 410 })).toContain("ten minutes");
});

test("who is not counted is told why", () => {
  const plain = { doNotTrack: null };
  expect(explainOptOut(false, plain)).toBeUndefined();
  expect(explainOptOut(true, plain)).toContain("data-optout");
  expect(explainOptOut(false, { doNotTrack: "1" })).toContain("Do-Not-Track");
  expect(explainOptOut(false, { ...plain, globalPrivacyControl: true })).toContain(
    "Global Privacy",
  );
});
