import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GRANULARITIES, type Granularity } from "../../../src/core/statistics/periods.ts";
import { settled } from "../../support/hand-time.ts";
import { HOUR, hourOf, nameOf, numberOf } from "../../support/naive-calendar.ts";
import { type Counted, StatsWorld } from "../../support/stats-world.ts";

const DAY = 24 * HOUR;
const MINUTE = 60_000;
/** Midnight of UTC, Saturday. */
const NOW = Date.UTC(2026, 10, 21);

const sum = (cells: readonly Counted[]): number =>
  cells.reduce((total, { views }) => total + views, 0);

const cell = (hour: number, views: number, shard = 1, final = true): Counted => ({
  hour,
  shard,
  views,
  final,
});

/** Of the last 100 days, across the ends of summer time in Berlin and New York, in up to three shards. */
const someCells = fc
  .uniqueArray(
    fc.record({
      hour: fc.integer({ min: 1, max: 100 * 24 }).map((ago) => NOW - ago * HOUR),
      shard: fc.integer({ min: 0, max: 2 }),
      views: fc.integer({ min: 0, max: 1_000 }),
      final: fc.boolean(),
    }),
    { maxLength: 300, selector: ({ hour, shard }) => `${hour}/${shard}` },
  )
  .map((cells): readonly Counted[] => cells);

const someRange = fc
  .tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }))
  .map(([a, b]) => [Math.max(a, b) + 1, Math.min(a, b)] as const);

const dateText = (at: number): string => new Date(at).toISOString().slice(0, 10);

describe("whatever was counted, and whatever range is asked for", () => {
  const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney");

  const check = (
    granularity: Granularity,
    [fromDaysAgo, toDaysAgo]: readonly [number, number],
    verify: (world: StatsWorld, cells: readonly Counted[], read: Read) => void,
  ) =>
    fc.asyncProperty(zones, someCells, async (zone, cells) => {
      const world = new StatsWorld(zone);
      await world.saveCells(cells);
      await world.rollUp(cells);
      const [from, to] = [dateText(NOW - fromDaysAgo * DAY), dateText(NOW - toDaysAgo * DAY)];
      verify(world, cells, await world.readOk({ granularity, from, to, limit: 1_000 }));
    });
  type Read = Awaited<ReturnType<StatsWorld["readOk"]>>;

  const ranges: readonly (readonly [Granularity, readonly [number, number]])[] = [
    ["hour", [31, 0]],
    ["hour", [60, 40]],
    ["day", [31, 0]],
    ["day", [90, -2]],
    ["day", [40, 30]],
    ["week", [80, 3]],
    ["week", [20, 3]],
    ["month", [100, 1]],
  ];

  test.each(ranges)(
    "each %s of %j days ago holds its views, no more and no less",
    (granularity, range) =>
      fc.assert(
        check(granularity, range, ({ zone }, cells, read) => {
          const named = Map.groupBy(cells, ({ hour }) => nameOf(granularity, zone, hour));
          for (const { name, views, final, end } of read.periods) {
            const its = named.get(name) ?? [];
            expect([name, views]).toEqual([name, sum(its)]);
            const over = NOW - end >= 75 * MINUTE;
            expect([name, final]).toEqual([name, over && its.every((part) => part.final)]);
          }
          const listed = new Set(read.periods.map(({ name }) => name));
          expect(listed.size).toBe(read.periods.length);
          expect(read.total.views).toBe(
            sum(cells.filter(({ hour }) => listed.has(nameOf(granularity, zone, hour)))),
          );
          expect(read.total.final).toBe(read.periods.every(({ final }) => final));
        }),
        { numRuns: 25 },
      ),
  );

  test.each(ranges)(
    "%s of %j days ago are compared with as many before them",
    (granularity, range) =>
      fc.assert(
        check(granularity, range, ({ zone }, cells, { periods, comparison, from }) => {
          const [first] = periods;
          if (first === undefined || comparison === undefined) throw new Error("nothing is there");
          expect(comparison.before.to).toBe(from);
          // Names of the periods before, gone back to one by one.
          const names = new Set<string>();
          let beganMs = first.start;
          while (true) {
            const name = nameOf(granularity, zone, beganMs - 1);
            if (!names.has(name) && names.size === periods.length) break;
            names.add(name);
            beganMs -= HOUR;
          }
          const before = cells.filter(({ hour }) => names.has(nameOf(granularity, zone, hour)));
          const was = sum(before);
          const now = sum(
            cells.filter(({ hour }) =>
              periods.some(({ start, end }) => start <= hour && hour < end),
            ),
          );
          expect(comparison.before.views).toBe(was);
          expect(comparison.change).toBe(was === 0 ? null : (now - was) / was);
        }),
        { numRuns: 15 },
      ),
  );

  test.each(ranges.filter(([, [from, to]]) => from - to <= 24 || from - to === 31))(
    "%s of %j days ago are told by the hour that the clock showed",
    (granularity, range) =>
      fc.assert(
        check(granularity, range, ({ zone }, cells, { periods, comparison, total }) => {
          const { hourOfDay, before } = comparison ?? {};
          const [start, end] = [periods.at(0)?.start ?? 0, periods.at(-1)?.end ?? 0];
          const inside = cells.filter(({ hour }) => start <= hour && hour < end);
          const naive = Array.from({ length: 24 }, (_, hour) =>
            sum(inside.filter((it) => hourOf(zone, it.hour) === hour)),
          );
          expect(hourOfDay?.map(({ hour }) => hour)).toEqual([...naive.keys()]);
          expect(hourOfDay?.map(({ views }) => views)).toEqual(naive);
          const told = (of: "views" | "before") =>
            (hourOfDay ?? []).reduce((all, it) => all + it[of], 0);
          expect([told("views"), told("before")]).toEqual([total.views, before?.views]);
        }),
        { numRuns: 15 },
      ),
  );

  test("its pages together are the whole, whatever their size", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...GRANULARITIES),
        someRange,
        fc.integer({ min: 1, max: 50 }),
        someCells,
        async (granularity, [fromDays, toDays], limit, cells) => {
          fc.pre(granularity !== "hour" || fromDays - toDays <= 31);
          const world = new StatsWorld("Europe/Berlin");
          await world.saveCells(cells);
          await world.rollUp(cells);
          const asked = { granularity, to: dateText(NOW - toDays * DAY) };
          const from = dateText(NOW - fromDays * DAY);
          const whole = await world.readOk({ ...asked, from, limit: 1_000 });
          expect(whole.next).toBeUndefined();
          const periods = [];
          for (let next: string | undefined = from; next !== undefined; ) {
            const page = await world.readOk({ ...asked, from: next, limit });
            expect(page.periods.length).toBeLessThanOrEqual(limit);
            expect(page.to).toBe(whole.to);
            if (next === from) expect(page).toMatchObject({ total: whole.total });
            periods.push(...page.periods);
            next = page.next;
          }
          expect(periods).toEqual(whole.periods);
        },
      ),
      { numRuns: 25 },
    ));
});

describe("an answer", () => {
  test("says what it is of, when it was true, and where from", async () => {
    const world = new StatsWorld("Europe/Berlin");
    world.flushedAt = NOW - 4 * MINUTE;
    await world.saveCells([cell(NOW - 2 * HOUR, 3), cell(NOW - HOUR, 4, 2)]);
    expect(
      await world.readOk({ granularity: "day", from: "2026-11-20", to: "2026-11-22" }),
    ).toEqual({
      content: "a",
      source: "database",
      granularity: "day",
      timeZone: "Europe/Berlin",
      from: "2026-11-20",
      to: "2026-11-22",
      asOf: NOW - 4 * MINUTE,
      total: { views: 7, final: false },
      periods: [
        {
          name: "2026-11-20",
          start: NOW - 25 * HOUR,
          end: NOW - HOUR,
          views: 3,
          final: false,
          uniques: null,
          uniquesFinal: false,
        },
        {
          name: "2026-11-21",
          start: NOW - HOUR,
          end: NOW + 23 * HOUR,
          views: 4,
          final: false,
          uniques: null,
          uniquesFinal: false,
        },
      ],
      comparison: {
        before: { from: "2026-11-18", to: "2026-11-20", views: 0 },
        change: null,
        partial: true,
        hourOfDay: Array.from({ length: 24 }, (_, hour) => ({
          hour,
          views: hour === 23 ? 3 : hour === 0 ? 4 : 0,
          before: 0,
        })),
      },
    });
  });

  test("of hours says what the clock showed there", async () => {
    const world = new StatsWorld("Europe/Berlin");
    const { periods } = await world.readOk({
      granularity: "hour",
      from: "2026-10-25T00",
      to: "2026-10-25T02",
    });
    expect(periods.map(({ name, local }) => [name, local])).toEqual([
      ["2026-10-25T00", "2026-10-25T02:00+02:00"],
      ["2026-10-25T01", "2026-10-25T02:00+01:00"],
    ]);
  });

  test("of a content nobody knows is of zeros", async () => {
    const { total, periods } = await new StatsWorld().readOk({ granularity: "week" });
    expect(total.views).toBe(0);
    expect(periods).toHaveLength(12);
    expect(periods.every(({ views }) => views === 0)).toBe(true);
  });

  test("without a comparison where the hours before are not kept, days are compared and lack the hours of the day", async () => {
    const world = new StatsWorld();
    const hours = await world.readOk({ granularity: "hour", from: "2025-11-01", to: "2025-11-03" });
    expect(hours.comparison).toBeUndefined();
    const days = await world.readOk({ granularity: "day", from: "2025-11-01", to: "2025-11-03" });
    expect(days.comparison).toMatchObject({ before: { from: "2025-10-30", to: "2025-11-01" } });
    expect(days.comparison).not.toHaveProperty("hourOfDay");
  });

  test("of more than 31 days lacks the hours of the day", async () => {
    const world = new StatsWorld();
    const month = { granularity: "day", from: "2026-10-01" } as const;
    expect((await world.readOk({ ...month, to: "2026-11-01" })).comparison).toHaveProperty(
      "hourOfDay",
    );
    expect((await world.readOk({ ...month, to: "2026-11-02" })).comparison).not.toHaveProperty(
      "hourOfDay",
    );
  });

  test("of a range that is over is not partial", async () => {
    const read = await new StatsWorld().readOk({
      granularity: "day",
      from: "2026-11-19",
      to: "2026-11-21",
    });
    expect(read.comparison).not.toHaveProperty("partial");
  });
});

test("days younger than 35 days are summed from hours, older ones from their sums", async () => {
  const world = new StatsWorld();
  const [younger, older] = [NOW - 34 * DAY, NOW - 35 * DAY];
  await world.saveCells([cell(younger, 1), cell(older, 10)]);
  await world.rollUp([cell(younger, 100), cell(older, 1_000)]);
  const read = await world.readOk({
    granularity: "day",
    from: dateText(older),
    to: dateText(younger + DAY),
  });
  expect(read.periods.map(({ views }) => views)).toEqual([1_000, 1]);
  const hours = await world.readOk({
    granularity: "hour",
    from: dateText(older),
    to: dateText(younger),
  });
  expect(hours.total.views).toBe(10);
});

describe("final is", () => {
  const hour = NOW - 3 * HOUR;
  const finalOf = async (world: StatsWorld) => {
    const read = await world.readOk({
      granularity: "hour",
      from: "2026-11-20T21",
      to: "2026-11-20T22",
    });
    return read.periods[0]?.final;
  };

  test("an hour that is over for 75 minutes as of the last flush, not a millisecond less", async () => {
    const world = new StatsWorld();
    await world.saveCells([cell(hour, 3)]);
    world.flushedAt = hour + HOUR + 75 * MINUTE - 1;
    expect(await finalOf(world)).toBe(false);
    world.flushedAt += 1;
    expect(await finalOf(world)).toBe(true);
  });

  test("an hour without views likewise", async () => {
    const world = new StatsWorld();
    expect(await finalOf(world)).toBe(true);
    world.flushedAt = hour + HOUR;
    expect(await finalOf(world)).toBe(false);
  });

  test("nothing before the first flush", async () => {
    const world = new StatsWorld();
    world.flushedAt = undefined;
    expect(await finalOf(world)).toBe(false);
  });

  test("no hour of which one shard's part is not", async () => {
    const world = new StatsWorld();
    await world.saveCells([cell(hour, 3), cell(hour, 0, 2, false)]);
    expect(await finalOf(world)).toBe(false);
  });
});

describe("visitors of a day", () => {
  const of = async (world: StatsWorld, day = 19) => {
    const from = `2026-11-${day}`;
    const { periods } = await world.readOk({ granularity: "day", from, to: `2026-11-${day + 1}` });
    return [periods[0]?.uniques, periods[0]?.uniquesFinal];
  };
  const at = NOW - 30 * HOUR;

  test("are the sum of what the shards told", async () => {
    const world = new StatsWorld();
    await world.saveCells([cell(at, 9, 1), cell(at, 9, 2)]);
    await world.saveUniques(20261119, 1, 4);
    await world.saveUniques(20261119, 2, 3);
    expect(await of(world)).toEqual([7, true]);
  });

  test("are not known before correction told them", async () => {
    const world = new StatsWorld();
    await world.saveCells([cell(at, 9)]);
    expect(await of(world)).toEqual([null, false]);
  });

  test("are none where there are no views and there will be none", async () => {
    expect(await of(new StatsWorld())).toEqual([0, true]);
    expect(await of(new StatsWorld(), 21)).toEqual([null, false]);
  });

  test.each<[string, (world: StatsWorld) => Promise<void>]>([
    ["one shard's are not", (world) => world.saveUniques(20261119, 2, 3, false)],
    ["a shard that counted views has not told any", async () => undefined],
  ])("are not final when %s", async (_, tell) => {
    const world = new StatsWorld();
    await world.saveCells([cell(at, 9, 1), cell(at, 9, 2)]);
    await world.saveUniques(20261119, 1, 4);
    await tell(world);
    expect((await of(world))[1]).toBe(false);
  });

  test("are not final when its views are not", async () => {
    const world = new StatsWorld();
    await world.saveCells([cell(at, 9, 1, false)]);
    await world.saveUniques(20261119, 1, 4);
    expect(await of(world)).toEqual([4, false]);
  });

  test("of days whose views come from sums are told too", async () => {
    const world = new StatsWorld();
    const old = NOW - 60 * DAY;
    await world.rollUp([cell(old, 5, 1), cell(old, 5, 2)]);
    await world.saveUniques(numberOf("UTC", old), 1, 2);
    const ask = { granularity: "day", from: dateText(old), to: dateText(old + DAY) } as const;
    expect((await world.readOk(ask)).periods[0]).toMatchObject({ uniques: 2, uniquesFinal: false });
    await world.saveUniques(numberOf("UTC", old), 2, 3);
    expect((await world.readOk(ask)).periods[0]).toMatchObject({ uniques: 5, uniquesFinal: true });
  });

  test("are told of days only", async () => {
    const world = new StatsWorld();
    for (const granularity of ["hour", "week", "month"] as const) {
      const { periods } = await world.readOk({ granularity });
      for (const period of periods) expect(period).not.toHaveProperty("uniques");
    }
    expect(world.calls).not.toContain("uniques");
  });
});

describe("may be cached", () => {
  const past = { granularity: "day", from: "2026-11-17", to: "2026-11-19" } as const;
  const secondsOf = async (world: StatsWorld, query: Parameters<StatsWorld["read"]>[0]) => {
    const read = await world.read(query);
    return read.status === "read" ? read.maxAgeSeconds : undefined;
  };

  test("a minute where the present is in it", async () => {
    expect(await secondsOf(new StatsWorld(), { granularity: "day" })).toBe(60);
  });

  test("five minutes where something of the past may still change", async () => {
    const world = new StatsWorld();
    expect(
      await secondsOf(world, { granularity: "day", from: "2026-11-19", to: "2026-11-21" }),
    ).toBe(300);
    await world.saveCells([cell(NOW - 3 * DAY, 1)]);
    expect(await secondsOf(world, past)).toBe(300);
  });

  test("an hour where all of it is final", async () => {
    const world = new StatsWorld();
    await world.saveCells([cell(NOW - 3 * DAY, 1)]);
    await world.saveUniques(20261118, 1, 1);
    expect(await secondsOf(world, past)).toBe(3_600);
  });
});

describe("while the database is away", () => {
  const query = { granularity: "day" } as const;

  test("what was told before is told as stale, and cached by nobody", async () => {
    const world = new StatsWorld();
    await world.saveCells([cell(NOW - HOUR, 5)]);
    const before = await world.readOk(query);
    world.up = false;
    await world.time.pass(3 * HOUR);
    const read = await world.read(query);
    expect(read).toEqual({ status: "read", stats: { ...before, stale: true }, maxAgeSeconds: 0 });
    world.up = true;
    expect(await world.readOk(query)).not.toHaveProperty("stale");
  });

  test("what nobody asked before is not made up, and the log says why", async () => {
    const world = new StatsWorld();
    await world.readOk(query);
    world.up = false;
    for (const other of [
      { granularity: "week" },
      { ...query, limit: 5 },
      { ...query, to: "2026-11-22" },
    ] as const) {
      expect(await world.read(other)).toEqual({ status: "unavailable" });
    }
    expect(world.errors).toContain("stats.database-unreachable");
  });

  test("a range that cannot be is refused all the same, without a question to it", async () => {
    const world = new StatsWorld();
    expect(await world.read({ ...query, from: "2026-02-30" })).toMatchObject({
      code: "invalid-date",
    });
    expect(world.calls).toEqual([]);
  });
});

describe("strong", () => {
  const query = { content: new StatsWorld().content, granularity: "day", limit: 100 } as const;

  test("asks the writer anew each time, for itself alone, and is not to be kept", async () => {
    const world = new StatsWorld();
    await world.saveCells([cell(NOW - HOUR, 5)]);
    const stats = await world.readOk({ granularity: "day" });
    world.calls.length = 0;
    world.asked.length = 0;
    const reads = [1, 2, 3].map(() => world.reader.readStrong(query));
    for (const read of await Promise.all(reads)) {
      expect(read).toEqual({ status: "read", stats, maxAgeSeconds: 0 });
    }
    expect(world.calls.filter((name) => name === "flush")).toHaveLength(3);
    expect(world.asked).toEqual(Array(3).fill("analytics strong"));
  });

  test("is told nothing from memory while the writer is away", async () => {
    const world = new StatsWorld();
    await world.readOk({ granularity: "day" });
    world.up = false;
    expect(await world.reader.readStrong(query)).toEqual({ status: "unavailable" });
    expect(world.errors).toEqual(["stats.database-unreachable"]);
  });

  test("a range that cannot be is refused", async () => {
    const refused = await new StatsWorld().reader.readStrong({ ...query, from: "2026-02-30" });
    expect(refused).toMatchObject({ status: "refused", code: "invalid-date" });
  });
});

test("who asks the same at the same time shares one reading", async () => {
  const world = new StatsWorld();
  const reads = await Promise.all(
    Array.from({ length: 20 }, () => world.readOk({ granularity: "day" })),
  );
  await settled();
  expect(new Set(reads.map((read) => JSON.stringify(read))).size).toBe(1);
  expect(world.calls.filter((name) => name === "hours")).toHaveLength(1);
  expect(world.time.running).toBe(0);
});
