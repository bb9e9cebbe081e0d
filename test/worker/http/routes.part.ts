import { describe, expect, test } from "vitest";
import { makeApp } from "../../../src/http/app.ts";
import { ROUTES } from "../../../src/protocol/routes.ts";
import { refusalOf, send } from "../support/client.ts";

test("what is served is what is said to be served: the same paths by the same methods", () => {
  const { routes } = makeApp(() => ({ status: "refused", problems: [] }));
  const served = routes.filter(({ method }) => method !== "ALL");
  const names = new Set(served.map(({ method, path }) => `${method} ${path}`));
  const said = ROUTES.map(({ method, path }) => `${method} ${path}`);
  expect(names).toEqual(new Set(said));
});

describe("without a key, refused before anything else is looked at:", () => {
  test.each(
    ROUTES.filter(({ scope }) => scope !== undefined).map(({ method, path }) => [method, path]),
  )("%s %s", async (method, path) => {
    const url = `https://headcount.test${path.replace(/:\w+/, "%00")}?nothing=known`;
    for (const headers of [{}, { Authorization: "Bearer none-of-ours" }]) {
      const answer = await send(new Request(url, { method, headers }));
      expect(await refusalOf(answer)).toEqual([401, "unauthorized"]);
    }
  });
});
