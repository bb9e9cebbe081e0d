import * as v from "valibot";
import { expect, test } from "vitest";
import { Refusal } from "../../src/http/problem.ts";
import { parse, readBody } from "../../src/http/read-body.ts";
import { HeartbeatBody, MintBody } from "../../src/protocol/requests.ts";

const SECRET = "eyJhbGciOi-a-secret-in-the-wrong-place";

const detailOf = (schema: v.GenericSchema, input: unknown): string => {
  try {
    parse(schema, input);
  } catch (refusal) {
    if (refusal instanceof Refusal) return `${refusal.options.detail}`;
  }
  throw new Error("it was not refused");
};

test.each([
  ["content", MintBody, { content: `${SECRET}/` }],
  ["client", MintBody, { content: "a", client: `${SECRET} \u0000` }],
  ["kind", v.object({ kind: v.picklist(["a", "b"]) }), { kind: SECRET }],
])("%s that does not fit is named without what was sent in it", (field, schema, sent) => {
  const detail = detailOf(schema, sent);
  expect(detail).toContain(field);
  expect(detail).not.toContain(SECRET);
});

test("a list is no object, also where every field may be left out", async () => {
  const sent = (body: string) =>
    new Request("https://headcount.test/", {
      ...{ method: "POST", body, headers: { "Content-Type": "application/json" } },
    });
  await expect(readBody(sent("[]"), 100, HeartbeatBody)).rejects.toThrow(Refusal);
  expect(await readBody(sent("{}"), 100, HeartbeatBody)).toEqual({});
});
