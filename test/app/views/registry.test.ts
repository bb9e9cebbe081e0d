import { beforeEach, describe, expect, test } from "vitest";
import { type Admission, registeredAdmission } from "../../../src/app/views/registry.ts";
import { READ_TIMEOUT_MS } from "../../../src/core/limits.ts";
import { content } from "../../support/count-ladder.ts";
import { HandTime, settled } from "../../support/hand-time.ts";

const A = content("a");

let time: HandTime;
let registered: boolean;
let database: "up" | "away" | "hanging";
let tally: "known" | "unknown" | "away";
let asked: { database: number; tally: number };
let admission: Admission;

beforeEach(() => {
  time = new HandTime();
  registered = true;
  database = "up";
  tally = "unknown";
  asked = { database: 0, tally: 0 };
  admission = registeredAdmission({
    clock: time,
    timers: time,
    schedule: [{ count: 8, fromHourMs: Number.NEGATIVE_INFINITY }],
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    contents: {
      async content(id) {
        asked.database += 1;
        if (database === "away") throw new Error("away");
        if (database === "hanging") await new Promise(() => undefined);
        return registered ? { id, startViews: 0 } : undefined;
      },
    },
    tallies: {
      async standing() {
        asked.tally += 1;
        if (tally === "away") throw new Error("gone");
        return { known: tally === "known", published: 0, truth: 0 };
      },
    },
  });
});

test("what the database says is believed for a while, and no Tally is asked", async () => {
  expect(await admission.admits(A)).toBe(true);
  registered = false;
  await time.pass(59_999);
  expect(await admission.admits(A)).toBe(true);
  await time.pass(1);
  expect(await admission.admits(A)).toBe(false);
  registered = true;
  await time.pass(5_000);
  expect(await admission.admits(A)).toBe(true);
  expect(asked).toEqual({ database: 3, tally: 0 });
});

describe("while the database does not answer", () => {
  test("a content registered before stays so, however long ago, and few wait for the database", async () => {
    await admission.admits(A);
    database = "away";
    await time.pass(24 * 3_600_000);
    for (let i = 0; i < 10; i += 1) expect(await admission.admits(A)).toBe(true);
    expect(asked).toEqual({ database: 2, tally: 0 });
    database = "up";
    registered = false;
    await time.pass(5_000);
    expect(await admission.admits(A)).toBe(false);
  });

  test("one of which nothing is known is admitted when a Tally has counted it", async () => {
    database = "away";
    tally = "known";
    expect(await admission.admits(A)).toBe(true);
    expect(await admission.admits(A)).toBe(true);
    expect(asked).toEqual({ database: 1, tally: 1 });
  });

  test.each(["unknown", "away"] as const)(
    "otherwise it cannot be said: its Tally is %s",
    async (is) => {
      database = "away";
      tally = is;
      await expect(admission.admits(A)).rejects.toThrow();
    },
  );

  test("one that was not registered is not admitted on a Tally's word", async () => {
    registered = false;
    expect(await admission.admits(A)).toBe(false);
    database = "away";
    tally = "known";
    await time.pass(5_000);
    await expect(admission.admits(A)).rejects.toThrow("away");
    expect(asked.tally).toBe(0);
  });

  test("nobody waits for it longer than readers do", async () => {
    database = "hanging";
    tally = "known";
    const admitted = admission.admits(A);
    await settled();
    await time.pass(READ_TIMEOUT_MS);
    expect(await admitted).toBe(true);
    expect(time.running).toBe(0);
  });
});
