import { expect, test } from "vitest";
import { readAdminKeys } from "../../../src/env-keys.ts";

const [OLD, NEW] = ["the-old-key-of-the-tests", "the-new-key-of-the-tests"];

const read = (text: string | undefined) => readAdminKeys(text, () => undefined);

test("each of a list is a key, without the blanks around it", () => {
  expect(read(` ${NEW}, ${OLD} `)).toEqual([NEW, OLD]);
});

test("a key of the deployment has 24 characters, each of a list", () => {
  expect(read(OLD)).toEqual([OLD]);
  expect(read("short")).toBeUndefined();
  for (const text of [undefined, "", OLD.slice(1), `${OLD},`, `${OLD},short`]) {
    expect(read(text)).toBeUndefined();
  }
});

test("a list has no key twice", () => {
  expect(read(`${OLD}, ${OLD}`)).toBeUndefined();
});
