import fc from "fast-check";
import { expect, test } from "vitest";
import { advance, type Numbers, readMessage } from "../../src/client/live/numbers.ts";

const count = { type: "count", viewers: 3, peak: 7, total: 9, at: 1 };
const read = (message: unknown) => readMessage(JSON.stringify(message));

const anyNumbers = fc.record({ viewers: fc.nat(), peak: fc.nat(), total: fc.nat() });

test("what the service says is understood", () => {
  expect(read(count)).toEqual({ type: "count", viewers: 3, peak: 7, total: 9 });
  expect(read({ type: "status", status: "ended" })).toEqual({ type: "status", status: "ended" });
  expect(read({ type: "beat" })).toEqual({ type: "beat" });
});

test("numbers that are none, or not all there, are not shown", () => {
  for (const viewers of [-1, 0.5, "3", null, undefined, Number.MAX_VALUE, [3], {}]) {
    expect(read({ ...count, viewers })).toBeUndefined();
  }
  expect(read({ type: "count", viewers: 3 })).toBeUndefined();
});

test("a type or state that is not known means nothing", () => {
  for (const message of [
    {},
    null,
    [],
    "beat",
    7,
    { type: "poll" },
    { type: "status", status: "?" },
  ]) {
    expect(read(message)).toBeUndefined();
  }
});

test("whatever comes over a socket, reading it never fails", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.uint8Array(), fc.anything()), (data) => {
      const safe = typeof data === "object" && data !== null ? JSON.stringify(data) : data;
      const heard = readMessage(safe);
      expect([undefined, "count", "status", "beat"]).toContain(heard?.type);
    }),
  );
});

test("viewers are what was heard last; peak and total never fall", () => {
  fc.assert(
    fc.property(fc.array(anyNumbers, { minLength: 1 }), (heard) => {
      const shown: Numbers[] = [];
      for (const numbers of heard) shown.push(advance(shown.at(-1), numbers));

      expect(shown.map(({ viewers }) => viewers)).toEqual(heard.map(({ viewers }) => viewers));
      for (const name of ["peak", "total"] as const) {
        expect(shown.at(-1)?.[name]).toBe(Math.max(...heard.map((numbers) => numbers[name])));
        const sorted = shown.map((numbers) => numbers[name]).toSorted((a, b) => a - b);
        expect(shown.map((numbers) => numbers[name])).toEqual(sorted);
      }
    }),
  );
});
