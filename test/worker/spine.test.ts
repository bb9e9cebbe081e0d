import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";

test("the service answers", async () => {
  const answer = await exports.default.fetch("https://headcount.test/healthz");
  expect(await answer.json()).toEqual({ status: "ok" });
});
