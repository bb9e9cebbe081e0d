import { describe, expect, test } from "vitest";
import { type HeldEvent, type HeldSuspicion, heldBy } from "../../../src/core/suspicion/held.ts";

const MINUTE_MS = 60_000;
const FROM = Date.UTC(2026, 10, 21, 9);

const suspicion = (more: Partial<HeldSuspicion> = {}): HeldSuspicion => ({
  content: "a",
  culprit: { kind: "network", value: "00000000000000aa" },
  score: 80,
  status: "open",
  fromAt: FROM,
  toAt: FROM + MINUTE_MS,
  ...more,
});

const event = (more: Partial<HeldEvent> = {}): HeldEvent => ({
  at: FROM,
  content: "a",
  visitor: "00000000000000bb",
  net: "00000000000000aa",
  browser: "chrome",
  ...more,
});

const isHeld = (of: Partial<HeldSuspicion>, on: Partial<HeldEvent> = {}): boolean =>
  heldBy("hold", [suspicion(of)])(event(on));

describe("held@1", () => {
  test("what was held stays out while a suspicion that is sure stands, open or excluded", () => {
    expect(isHeld({})).toBe(true);
    expect(isHeld({ status: "excluded" })).toBe(true);
  });

  test("it counts when the suspicion was dismissed, is not sure, or there is none", () => {
    expect(isHeld({ status: "dismissed" })).toBe(false);
    expect(isHeld({ score: 79 })).toBe(false);
    expect(heldBy("hold", [])(event())).toBe(false);
  });

  test("it counts where suspects are counted by now", () => {
    expect(heldBy("count", [suspicion()])(event())).toBe(false);
  });

  test("it counts when it is of another content, culprit or time", () => {
    expect(isHeld({}, { content: "b" })).toBe(false);
    expect(isHeld({}, { net: "00000000000000ab" })).toBe(false);
    expect(isHeld({}, { at: FROM - 1 })).toBe(false);
    expect(isHeld({}, { at: FROM + 11 * MINUTE_MS })).toBe(false);
    expect(isHeld({}, { at: FROM + 11 * MINUTE_MS - 1 })).toBe(true);
  });

  test("a suspicion over contents names its culprit on all of them", () => {
    expect(isHeld({ content: "" }, { content: "b" })).toBe(true);
  });

  test("visitors are known by both their keys, browsers by their family, and a content is nobody", () => {
    const visitor = { kind: "visitor", value: "00000000000000bb" } as const;
    expect(isHeld({ culprit: visitor })).toBe(true);
    expect(isHeld({ culprit: visitor }, { visitor: "cc", prev: "00000000000000bb" })).toBe(true);
    expect(isHeld({ culprit: visitor }, { visitor: "cc" })).toBe(false);
    expect(isHeld({ culprit: { kind: "browser", value: "chrome" } })).toBe(true);
    expect(isHeld({ culprit: { kind: "browser", value: "edge" } })).toBe(false);
    expect(isHeld({ culprit: { kind: "content", value: "a" } })).toBe(false);
  });
});
