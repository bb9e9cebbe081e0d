import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { CapOrigin } from "../../../src/app/views/cap-door.ts";
import { CapKeeper } from "../../../src/app/views/cap-keeper.ts";
import { anyContent, type ContentCap, contentCap } from "../../../src/app/views/content-cap.ts";
import { type VisitorCap, visitorCap } from "../../../src/app/views/visitor-cap.ts";
import type { Hash64 } from "../../../src/core/hash.ts";
import { CAP_FREE, CAP_LIFE_MS } from "../../../src/core/limits.ts";
import type { CapAnswer } from "../../../src/core/sliding-members.ts";
import { RestingError } from "../../../src/ports/resting.ts";
import { content } from "../../support/count-ladder.ts";
import { HandTime } from "../../support/hand-time.ts";

const CAPS = {
  access: { visitors: 20, contents: 12 },
  hosting: { visitors: 5, contents: 10 },
} as const;

const HOME: CapOrigin = { colo: "FRA", network: { hi: 1, lo: 6 }, asnClass: "access" };
const RENTED: CapOrigin = { colo: "FRA", network: { hi: 1, lo: 7 }, asnClass: "hosting" };

const visitor = (n: number): Hash64 => ({ hi: 3, lo: n });
const some = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);

let time: HandTime;
let keepers: Map<string, CapKeeper>;
/** Parts and caps asked, in their order. */
let asked: string[];
let state: "up" | "away" | "resting";
let counted: Set<string>;
let tally: "up" | "away";
let tallyAsked: number;
let warned: number;

const keeperOf = (part: string): CapKeeper => {
  const keeper = keepers.get(part) ?? new CapKeeper(time);
  keepers.set(part, keeper);
  return keeper;
};

const objects = {
  async admitVisitor(part: string, network: Hash64, who: Hash64, cap: number): Promise<CapAnswer> {
    asked.push(`${part} ${cap}`);
    demandUp();
    return keeperOf(part).admitVisitor(network, who, cap);
  },
  async admitContent(
    part: string,
    network: Hash64,
    id: ReturnType<typeof content>,
    cap: number,
  ): Promise<CapAnswer> {
    asked.push(`${part} ${cap}`);
    demandUp();
    return keeperOf(part).admitContent(network, id, cap);
  },
};

const demandUp = (): void => {
  if (state === "away") throw new Error("gone");
  if (state === "resting") throw new RestingError("caps");
};

const log = {
  info: () => undefined,
  warn: () => {
    warned += 1;
  },
  error: () => undefined,
};

/** What an isolate has. */
const isolate = (): { readonly visitors: VisitorCap; readonly contents: ContentCap } => {
  const deps = { clock: time, log, caps: CAPS, objects };
  return {
    visitors: visitorCap(deps),
    contents: contentCap({
      ...deps,
      schedule: [{ count: 8, fromHourMs: Number.NEGATIVE_INFINITY }],
      tallies: {
        async standing(_, id) {
          tallyAsked += 1;
          if (tally === "away") throw new Error("gone");
          return { known: counted.has(id), published: 0, truth: 0 };
        },
      },
    }),
  };
};

beforeEach(() => {
  time = new HandTime();
  keepers = new Map();
  asked = [];
  state = "up";
  counted = new Set();
  tally = "up";
  tallyAsked = 0;
  warned = 0;
});

/** Which of them are visitors of their own. */
const own = async (cap: VisitorCap, origin: CapOrigin, visitors: readonly number[]) => {
  const found: number[] = [];
  for (const n of visitors) if (await cap.admits(origin, visitor(n))) found.push(n);
  return found;
};

describe("an object of caps", () => {
  const anAsk = fc.record({
    afterMs: fc.constantFrom(0, 1, CAP_LIFE_MS / 2, CAP_LIFE_MS - 1, CAP_LIFE_MS, CAP_LIFE_MS + 1),
    lo: fc.nat(1),
    who: fc.nat(6),
  });

  test("lets in who was let in within the hour, and others while there are places: exactly", () => {
    const CAP = 3;
    fc.assert(
      fc.property(fc.array(anAsk, { maxLength: 100 }), (asks) => {
        let now = 0;
        const keeper = new CapKeeper({ now: () => now });
        const admissions: { lo: number; who: number; at: number }[] = [];
        for (const { afterMs, lo, who } of asks) {
          now += afterMs;
          const within = admissions.filter((it) => it.lo === lo && now - it.at < CAP_LIFE_MS);
          const last = new Map(within.map((it) => [it.who, it.at]));
          const mayEnter = last.has(who) || last.size < CAP;
          const answer = keeper.admitVisitor({ hi: 0, lo }, visitor(who), CAP);
          if (mayEnter) {
            expect(answer).toEqual({ status: "admitted" });
            admissions.push({ lo, who, at: now });
          } else {
            const freeInMs = Math.min(...last.values()) + CAP_LIFE_MS - now;
            expect(answer).toEqual({ status: "full", freeInMs });
          }
        }
      }),
    );
  });

  test("keeps who comes again for an hour from then", () => {
    const now = { ms: 0 };
    const keeper = new CapKeeper({ now: () => now.ms });
    const isAdmitted = (n: number) =>
      keeper.admitVisitor(HOME.network, visitor(n), 1).status === "admitted";
    expect(isAdmitted(1)).toBe(true);
    now.ms = CAP_LIFE_MS - 1;
    expect(isAdmitted(1)).toBe(true);
    now.ms = 2 * CAP_LIFE_MS - 2;
    expect(isAdmitted(2)).toBe(false);
    now.ms = 2 * CAP_LIFE_MS - 1;
    expect([isAdmitted(2), isAdmitted(1)]).toEqual([true, false]);
  });

  test("counts visitors and contents apart", () => {
    const keeper = new CapKeeper(time);
    expect(keeper.admitVisitor(HOME.network, visitor(1), 1).status).toBe("admitted");
    expect(keeper.admitContent(HOME.network, content("a"), 1).status).toBe("admitted");
    expect(keeper.admitContent(HOME.network, content("b"), 1).status).toBe("full");
    expect(keeper.admitVisitor(HOME.network, visitor(2), 1).status).toBe("full");
  });

  test("keeps who is in when the cap is lowered, and lets in nobody else", () => {
    const keeper = new CapKeeper(time);
    for (const n of [1, 2, 3]) keeper.admitVisitor(HOME.network, visitor(n), 3);
    expect(keeper.admitVisitor(HOME.network, visitor(1), 2).status).toBe("admitted");
    expect(keeper.admitVisitor(HOME.network, visitor(4), 2).status).toBe("full");
  });
});

describe("visitors of a network", () => {
  test("the first few cost no call, however often they come", async () => {
    const { visitors } = isolate();
    const few = some(0, CAP_FREE);
    expect(await own(visitors, HOME, [...few, ...few, ...few])).toEqual([...few, ...few, ...few]);
    expect(asked).toEqual([]);
  });

  test("each further one costs one call within the hour, to the colo's object of the network", async () => {
    const { visitors } = isolate();
    await own(visitors, HOME, some(0, CAP_FREE + 2));
    await own(visitors, HOME, some(0, CAP_FREE + 2));
    expect(asked).toEqual(["FRA:2 12", "FRA:2 12"]);
    await time.pass(CAP_LIFE_MS - 1);
    await own(visitors, HOME, some(0, CAP_FREE + 2));
    expect(asked).toHaveLength(2);
  });

  test("above the cap nobody else is a visitor of its own, and those who are stay so", async () => {
    const { visitors } = isolate();
    expect(await own(visitors, HOME, some(0, 40))).toEqual(some(0, 20));
    expect(await own(visitors, HOME, some(0, 40))).toEqual(some(0, 20));
  });

  test("one network's visitors take no place of another's", async () => {
    const { visitors } = isolate();
    await own(visitors, HOME, some(0, 40));
    const next = { ...HOME, network: { hi: 2, lo: 6 } };
    expect(await own(visitors, next, some(100, 140))).toEqual(some(100, 120));
  });

  test("a network of machines for rent has fewer", async () => {
    const { visitors } = isolate();
    expect(await own(visitors, RENTED, some(0, 40))).toEqual(some(0, 5));
  });

  test("a cap that one isolate holds alone asks nobody", async () => {
    const { visitors } = isolate();
    await own(visitors, RENTED, some(0, 40));
    expect(asked).toEqual([]);
  });

  test("a place is free an hour after its visitor was let in, and not a moment sooner", async () => {
    const { visitors } = isolate();
    await own(visitors, HOME, some(0, 20));
    await time.pass(CAP_LIFE_MS - 1);
    expect(await own(visitors, HOME, some(100, 140))).toEqual([]);
    await time.pass(1);
    expect(await own(visitors, HOME, some(100, 140))).toEqual(some(100, 120));
  });

  test("of many isolates each lets in its few, and together they hold the cap for the rest", async () => {
    const isolates = some(0, 5).map(() => isolate().visitors);
    const admitted = new Set<number>();
    for (let n = 0; n < 500; n += 1) {
      const at = isolates[n % isolates.length];
      if (at !== undefined && (await at.admits(HOME, visitor(n)))) admitted.add(n);
    }
    expect(admitted.size).toBe(20 - CAP_FREE + isolates.length * CAP_FREE);
  });

  test("at no moment do they let in more than that, whoever comes when", async () => {
    const aBurst = fc.record({
      afterMs: fc.constantFrom(0, 1, CAP_LIFE_MS / 3, CAP_LIFE_MS - 1, CAP_LIFE_MS),
      at: fc.nat(2),
      from: fc.nat(40),
      many: fc.nat(20),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(aBurst, { maxLength: 20 }), async (bursts) => {
        keepers.clear();
        const isolates = some(0, 3).map(() => isolate().visitors);
        for (const { afterMs, at, from, many } of bursts) {
          await time.pass(afterMs);
          const one = isolates[at];
          if (one !== undefined) await own(one, HOME, some(from, from + many));
          // Who would be let in now, were everybody to come at once.
          const now = new Set<number>();
          for (const each of isolates)
            for (const n of await own(each, HOME, some(0, 45))) now.add(n);
          expect(now.size).toBeLessThanOrEqual(20 - CAP_FREE + isolates.length * CAP_FREE);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("whom one isolate was told to let in has the same place in another", async () => {
    const [first, second] = [isolate().visitors, isolate().visitors];
    await own(first, HOME, some(0, 20));
    await own(second, HOME, some(100, 100 + CAP_FREE));
    expect(await own(second, HOME, some(CAP_FREE, 20))).toEqual(some(CAP_FREE, 20));
    expect(await own(second, HOME, [200])).toEqual([]);
  });

  test.each(["away", "resting"] as const)(
    "an object that is %s lets everybody in, who is asked about again",
    async (is) => {
      const { visitors } = isolate();
      state = is;
      expect(await own(visitors, HOME, some(0, 40))).toEqual(some(0, 40));
      expect(warned).toBe(is === "away" ? 40 - CAP_FREE : 0);
      state = "up";
      expect(await own(visitors, HOME, some(0, 40))).toEqual(some(0, 20));
    },
  );

  test("an object that begins anew lets as many in once more", async () => {
    const { visitors } = isolate();
    await own(visitors, HOME, some(0, 40));
    keepers.clear();
    expect(await own(visitors, HOME, some(40, 80))).toEqual(some(40, 52));
  });
});

/** Which of them are opened. */
const opened = async (cap: ContentCap, origin: CapOrigin, numbers: readonly number[]) => {
  const found: number[] = [];
  for (const n of numbers) {
    if ((await cap.admits(origin, content(`c${n}`))).status === "admitted") found.push(n);
  }
  return found;
};

describe("new contents of a network", () => {
  test("the first few cost no call, however often they are opened", async () => {
    const { contents } = isolate();
    await opened(contents, HOME, [...some(0, CAP_FREE), ...some(0, CAP_FREE)]);
    expect([asked.length, tallyAsked]).toEqual([0, 0]);
  });

  test("above the cap they are refused, with the cap and when a place is free", async () => {
    const { contents } = isolate();
    await opened(contents, HOME, some(0, CAP_FREE));
    await time.pass(1_000);
    await opened(contents, HOME, some(CAP_FREE, 12));
    await time.pass(500);
    const answer = await contents.admits(HOME, content("more"));
    expect(answer).toEqual({ status: "full", cap: 12, freeInMs: CAP_LIFE_MS - 500 });
    expect(await opened(contents, HOME, some(0, 40))).toEqual(some(0, 12));
  });

  test("the hour that is named is kept to", async () => {
    const { contents } = isolate();
    await opened(contents, HOME, some(0, 12));
    await time.pass(CAP_LIFE_MS - 1);
    expect(await contents.admits(HOME, content("more"))).toMatchObject({ freeInMs: 1 });
    await time.pass(1);
    expect(await contents.admits(HOME, content("more"))).toEqual({ status: "admitted" });
  });

  test("one that was counted is never refused, costs its Tally one call, and takes no place", async () => {
    const { contents } = isolate();
    await opened(contents, HOME, some(0, CAP_FREE));
    for (const n of some(100, 150)) counted.add(`c${n}`);
    expect(await opened(contents, HOME, some(100, 150))).toEqual(some(100, 150));
    expect(await opened(contents, HOME, some(100, 150))).toEqual(some(100, 150));
    expect([asked.length, tallyAsked]).toEqual([0, 50]);
    expect(await opened(contents, HOME, some(0, 40))).toEqual(some(0, 12));
    expect(await opened(contents, HOME, some(100, 150))).toEqual(some(100, 150));
  });

  test("one that was refused is opened once somebody else has counted it", async () => {
    const { contents } = isolate();
    await opened(contents, HOME, some(0, 12));
    expect(await opened(contents, HOME, [50])).toEqual([]);
    counted.add("c50");
    expect(await opened(contents, HOME, [50])).toEqual([50]);
  });

  test("a network of machines for rent may open fewer, and is told so", async () => {
    const { contents } = isolate();
    expect(await opened(contents, RENTED, some(0, 40))).toEqual(some(0, 10));
    expect(await contents.admits(RENTED, content("more"))).toMatchObject({ cap: 10 });
    expect(asked.at(-1)).toBe("FRA:3 2");
  });

  test("while it cannot be said whether it was counted, nothing is refused and nobody asked for a place", async () => {
    const { contents } = isolate();
    tally = "away";
    expect(await opened(contents, HOME, some(0, 40))).toEqual(some(0, 40));
    expect(asked).toEqual([]);
  });

  test("an object that is away lets all in", async () => {
    const { contents } = isolate();
    state = "away";
    expect(await opened(contents, HOME, some(0, 40))).toEqual(some(0, 40));
  });

  test("where only operators make contents nobody is asked", async () => {
    expect(await opened(anyContent, HOME, some(0, 100))).toEqual(some(0, 100));
    expect([asked.length, tallyAsked]).toEqual([0, 0]);
  });
});
