import { describe, expect, test } from "vitest";
import type {
  Claim,
  ClaimBounds,
  ClaimOutcome,
  IdempotencyTables,
  KeptAnswer,
} from "../../src/ports/idempotency.ts";

const AT = Date.UTC(2026, 10, 21, 9);
const DEAD_MS = 60_000;
const KEPT_MS = 86_400_000;

let made = 0;

/** Each of a key of its own; `of` is another attempt at the same. */
const claim = (more: Partial<Claim> = {}): Claim => {
  made += 1;
  return {
    key: `${made}`.padStart(64, "k"),
    pathHash: "a".repeat(64),
    requestHash: "b".repeat(64),
    owner: crypto.randomUUID(),
    at: AT,
    ...more,
  };
};

const again = (before: Claim, more: Partial<Claim> = {}): Claim => ({
  ...before,
  owner: crypto.randomUUID(),
  ...more,
});

const boundsAt = (at: number): ClaimBounds => ({ deadAt: at - DEAD_MS, expiredAt: at - KEPT_MS });

const ANSWER: KeptAnswer = {
  status: 201,
  type: "application/json; charset=utf-8",
  body: `{"text":"'\\"\\\\ %_;--\\n Grüße 日本 👩‍👩‍👧"}\n\n`,
};

/** The promises of the port `IdempotencyTables`, for any adapter of it. */
export const idempotencyTablesContract = (open: () => IdempotencyTables): void => {
  const tryIt = (one: Claim): Promise<ClaimOutcome> => open().claim(one, boundsAt(one.at));

  describe("requests that come again", () => {
    test("the first has it; the same request meanwhile is told so, another one that the key is taken", async () => {
      const first = claim();
      expect(await tryIt(first)).toEqual({ status: "claimed" });
      expect(await tryIt(again(first))).toEqual({ status: "in-progress" });
      expect(await tryIt(again(first, { requestHash: "c".repeat(64) }))).toEqual({
        status: "other-request",
      });
    });

    test("the same attempt, sent twice because its answer was lost, still has it", async () => {
      const first = claim();
      await tryIt(first);
      expect(await tryIt(first)).toEqual({ status: "claimed" });
    });

    test("of twenty at once one has it, time and again", async () => {
      for (let round = 0; round < 2; round += 1) {
        const first = claim();
        const all = Array.from({ length: 20 }, () => tryIt(again(first)));
        const outcomes = (await Promise.all(all)).map(({ status }) => status);
        expect(outcomes.toSorted()).toEqual(["claimed", ...Array(19).fill("in-progress")]);
      }
    });

    test("of twenty at once that find a dead one, one takes it over", async () => {
      const first = claim();
      await tryIt(first);
      const all = Array.from({ length: 20 }, () => tryIt(again(first, { at: AT + DEAD_MS })));
      const outcomes = (await Promise.all(all)).map(({ status }) => status);
      expect(outcomes.toSorted()).toEqual(["claimed", ...Array(19).fill("in-progress")]);
    });

    test("an answer that was kept comes back as it was, to the byte", async () => {
      const first = claim();
      await tryIt(first);
      await open().keep(first, ANSWER);
      await open().keep(first, ANSWER);
      expect(await tryIt(again(first))).toEqual({ status: "done", answer: ANSWER });
      expect(await tryIt(again(first, { requestHash: "c".repeat(64) }))).toEqual({
        status: "other-request",
      });
      // It is no claim any more that could be dead.
      expect(await tryIt(again(first, { at: AT + 2 * DEAD_MS }))).toMatchObject({ status: "done" });
    });

    test("an answer without a body, and one of a megabyte, come back too", async () => {
      for (const body of ["", "é".repeat(512 * 1024)]) {
        const first = claim();
        await tryIt(first);
        await open().keep(first, { status: 200, type: "", body });
        expect(await tryIt(again(first))).toEqual({
          status: "done",
          answer: { status: 200, type: "", body },
        });
      }
    });

    test("what was let go is claimed anew, by whatever request", async () => {
      const first = claim();
      await tryIt(first);
      await open().release(first);
      await open().release(first);
      expect(await tryIt(again(first, { requestHash: "c".repeat(64) }))).toEqual({
        status: "claimed",
      });
    });
  });

  describe("a claim whose owner has died", () => {
    test("is taken over by the same request after its time, not a moment before, and by no other request", async () => {
      const first = claim();
      await tryIt(first);
      const early = again(first, { at: AT + DEAD_MS - 1 });
      expect(await tryIt(early)).toEqual({ status: "in-progress" });
      const other = again(first, { at: AT + DEAD_MS, requestHash: "c".repeat(64) });
      expect(await tryIt(other)).toEqual({ status: "other-request" });
      const late = again(first, { at: AT + DEAD_MS });
      expect(await tryIt(late)).toEqual({ status: "claimed" });
      expect(await tryIt(again(late))).toEqual({ status: "in-progress" });
    });

    test("lives as long as its owner says so", async () => {
      const first = claim();
      await tryIt(first);
      await open().renew(first, AT + 20_000);
      expect(await tryIt(again(first, { at: AT + DEAD_MS }))).toEqual({ status: "in-progress" });
      const late = again(first, { at: AT + 20_000 + DEAD_MS });
      expect(await tryIt(late)).toEqual({ status: "claimed" });
    });

    test("is nothing to its owner any more: what he says late changes nothing", async () => {
      const tables = open();
      const first = claim();
      await tryIt(first);
      const second = again(first, { at: AT + DEAD_MS });
      await tryIt(second);
      await tables.keep(first, ANSWER);
      await tables.release(first);
      await tables.renew(first, AT + 10 * DEAD_MS);
      expect(await tryIt(again(second))).toEqual({ status: "in-progress" });
      const answer = { ...ANSWER, status: 200 };
      await tables.keep(second, answer);
      await tables.release(second);
      expect(await tryIt(again(second))).toEqual({ status: "done", answer });
    });
  });

  describe("after a day", () => {
    test("a key is as new, for another request too, whatever became of the first", async () => {
      for (const settle of ["kept", "open"] as const) {
        const first = claim();
        await tryIt(first);
        if (settle === "kept") await open().keep(first, ANSWER);
        const other = { requestHash: "c".repeat(64), pathHash: "d".repeat(64) };
        const early = again(first, { ...other, at: AT + KEPT_MS - 1 });
        expect(await tryIt(early)).toEqual({ status: "other-request" });
        const late = again(first, { ...other, at: AT + KEPT_MS });
        expect(await tryIt(late)).toEqual({ status: "claimed" });
        expect(await tryIt(again(late))).toEqual({ status: "in-progress" });
        expect(await tryIt(again(first, { at: late.at }))).toEqual({ status: "other-request" });
      }
    });

    test("what is too old goes a few at a time, the bound itself stays", async () => {
      const tables = open();
      const long = Date.UTC(1990, 0);
      const old = [0, 1, 2, 3].map((later) => claim({ at: long + later }));
      for (const one of old) await tables.claim(one, boundsAt(one.at));
      expect(await tables.deleteBefore(long + 3, 2)).toBe(2);
      expect(await tables.deleteBefore(long + 3, 2)).toBe(1);
      expect(await tables.deleteBefore(long + 3, 2)).toBe(0);
      const [, , , last] = old;
      if (last !== undefined) {
        expect(await tables.claim(again(last), boundsAt(long))).toEqual({ status: "in-progress" });
      }
    });
  });
};
