import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HistorySubject } from "../../../src/app/live/history-rows.ts";
import type { History } from "../../../src/app/live/read-history.ts";
import { streamId } from "../../../src/core/ids.ts";
import type { LiveDay, LiveSample } from "../../../src/core/live/lasting.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { LIVE_GRANULARITIES, type LiveGranularity } from "../../../src/core/statistics/periods.ts";
import { settled } from "../../support/hand-time.ts";
import {
  HistoryWorld,
  ofBroadcaster,
  ofStream,
  STREAMS,
  type StreamName,
} from "../../support/history-world.ts";
import { HOUR, nameOf, numberOf } from "../../support/naive-calendar.ts";
import { naiveBefore, naiveHours, naiveNumbers, type Rows } from "../../support/naive-histories.ts";

const DAY = 24 * HOUR;
const MINUTE = 60_000;
const WINDOW = 5 * MINUTE;
/** Midnight of UTC, Saturday. */
const NOW = Date.UTC(2026, 10, 21);

const dateText = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** A while in which somebody watched: a sample each five minutes, the last one maybe of an end between them. */
const someWatching = fc.record({
  stream: fc.constantFrom(...STREAMS),
  startAgo: fc.integer({ min: 0, max: (100 * DAY) / WINDOW }),
  windows: fc.integer({ min: 1, max: 40 }),
  viewers: fc.integer({ min: 0, max: 1_000 }),
  more: fc.integer({ min: 0, max: 50 }),
  endsAt: fc.option(fc.integer({ min: 1, max: WINDOW - 1 })),
});
type Watching = typeof someWatching extends fc.Arbitrary<infer Of> ? Of : never;

const samplesOf = ({ startAgo, windows, viewers, more, endsAt }: Watching): LiveSample[] => {
  const start = NOW - startAgo * WINDOW;
  const samples = Array.from({ length: windows }, (_, i) => ({
    recordedAt: start + i * WINDOW,
    viewers: viewers + i,
    peak: viewers + i + more,
  }));
  const recordedAt = start + (windows - 1) * WINDOW + (endsAt ?? 0);
  return endsAt === null ? samples : [...samples, { recordedAt, viewers: 0, peak: more }];
};

const number = fc.integer({ min: 0, max: 100_000 });
const someDay = fc.record({
  stream: fc.constantFrom(...STREAMS),
  daysAgo: fc.integer({ min: -1, max: 200 }),
  numbers: fc.record({
    peak: number,
    uniques: number,
    sessions: number,
    watchedSeconds: number,
    liveSeconds: fc.oneof(number, fc.constant(0)),
  }),
});

interface Filled {
  readonly watched: readonly Watching[];
  readonly days: readonly (typeof someDay extends fc.Arbitrary<infer Of> ? Of : never)[];
}

const someRows: fc.Arbitrary<Filled> = fc.record({
  watched: fc.array(someWatching, { maxLength: 30 }),
  days: fc.uniqueArray(someDay, {
    maxLength: 100,
    selector: ({ stream, daysAgo }) => `${stream}/${daysAgo}`,
  }),
});

const fill = (world: HistoryWorld, { watched, days }: Filled): void => {
  const samples = new Map<string, readonly [StreamName, LiveSample]>();
  for (const watching of watched) {
    for (const sample of samplesOf(watching)) {
      samples.set(`${watching.stream}/${sample.recordedAt}`, [watching.stream, sample]);
    }
  }
  for (const [stream, sample] of samples.values()) world.addSamples(stream, sample);
  for (const { stream, daysAgo, numbers } of days) {
    world.addDays(stream, { day: numberOf("UTC", NOW - daysAgo * DAY), ...numbers });
  }
};

const SUBJECTS: Readonly<Record<string, HistorySubject>> = {
  "a stream": ofStream("a"),
  "a broadcaster": ofBroadcaster("b"),
};

const rowsOf = ({ samples, days }: HistoryWorld, subject: HistorySubject): Rows => {
  if (subject.kind === "broadcaster") return { samples, days };
  const mine = ({ stream }: { readonly stream: string }) => stream === subject.id;
  return { samples: samples.filter(mine), days: days.filter(mine) };
};

/** Both are sums of the same numbers, in another order. */
const expectNumbers = (told: object, naive: Readonly<Record<string, number>>): void => {
  for (const [name, value] of Object.entries(naive)) {
    const its: unknown = Reflect.get(told, name);
    // Thousands are equal: asking Vitest about each takes longer than finding them.
    if (its === value) continue;
    expect([name, its]).toEqual([name, expect.closeTo(value, 6)]);
  }
};

/** Across the ends of summer time in Berlin, New York and Sydney. */
const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney");

const RANGES: readonly (readonly [LiveGranularity, number, number])[] = [
  ["5min", 2, 0],
  ["5min", 28, 25],
  ["hour", 8, 0],
  ["hour", 31, 0],
  ["day", 31, 0],
  ["day", 90, -2],
  ["day", 30, 24],
  ["week", 80, 3],
  ["week", 20, 3],
  ["month", 100, 1],
];

const CASES = RANGES.flatMap((range) =>
  Object.keys(SUBJECTS).map((who) => [range[0], who, range[1], range[2]] as const),
);

describe("whoever watched, and whatever range is asked for", () => {
  const check = (
    [granularity, who, fromDaysAgo, toDaysAgo]: (typeof CASES)[number],
    verify: (zone: string, rows: Rows, history: History) => void,
  ) =>
    fc.assert(
      fc.asyncProperty(zones, someRows, async (zone, filled) => {
        const subject = SUBJECTS[who];
        if (subject === undefined) throw new Error(`${who} is nobody`);
        const world = new HistoryWorld(zone);
        fill(world, filled);
        const [from, to] = [dateText(NOW - fromDaysAgo * DAY), dateText(NOW - toDaysAgo * DAY)];
        const history = await world.readOk(subject, { granularity, from, to, limit: 1_000 });
        expect(history.next).toBeUndefined();
        verify(zone, rowsOf(world, subject), history);
      }),
      { numRuns: 12 },
    );

  test.each(CASES)(
    "each %s of %s, %i to %i days ago, is told as walking through it finds, no period left out",
    async (...asked) => {
      const [granularity] = asked;
      await check(asked, (zone, rows, { periods, total }) => {
        const [start, end] = [periods.at(0)?.start ?? 0, periods.at(-1)?.end ?? 0];
        expectNumbers(total, naiveNumbers(granularity, zone, rows, { start, end }));
        let expectedStart = start;
        for (const period of periods) {
          const place = { start: expectedStart, name: nameOf(granularity, zone, expectedStart) };
          if (period.start !== place.start || period.name !== place.name) {
            expect(period).toMatchObject(place);
          }
          const { average, ...naive } = naiveNumbers(granularity, zone, rows, period);
          // Each minute of five has the window's number: their mean is that number.
          const mean =
            granularity === "5min" ? { viewers: average ?? 0 } : { average: average ?? 0 };
          expectNumbers(period, { ...naive, ...mean });
          expectedStart = period.end;
        }
      });
    },
  );

  test.each(CASES)(
    "%s of %s, %i to %i days ago, are compared with as many before",
    async (...asked) => {
      const [granularity] = asked;
      await check(asked, (zone, rows, { periods, total, comparison, from }) => {
        if (comparison === undefined) throw new Error("nothing is compared");
        const { before, change } = comparison;
        expect(before.to).toBe(from);
        const stretch = naiveBefore(granularity, zone, periods[0]?.start ?? 0, periods.length);
        const was = naiveNumbers(granularity, zone, rows, stretch);
        expectNumbers(before, was);
        expect(new Set(Object.keys(change))).toEqual(new Set(Object.keys(was)));
        for (const [name, value] of Object.entries(was)) {
          const now = Number(Reflect.get(total, name));
          expect(change[name]).toEqual(
            value === 0 ? null : expect.closeTo((now - value) / value, 6),
          );
        }
      });
    },
  );

  test.each(CASES.filter(([, , from, to]) => from - to <= 17 || from - to === 31))(
    "%s of %s, %i to %i days ago, are told by the hour that the clock showed, as means over the time that is over",
    async (...asked) => {
      const [granularity] = asked;
      await check(asked, (zone, rows, { periods, comparison }) => {
        const until = NOW - MINUTE;
        const [start, end] = [periods.at(0)?.start ?? 0, periods.at(-1)?.end ?? 0];
        const before = naiveBefore(granularity, zone, start, periods.length);
        const told = comparison?.hourOfDay ?? [];
        expect(told.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
        const now = naiveHours(zone, rows, { start, end }, until);
        const then = naiveHours(zone, rows, before, until);
        for (const { hour, viewers, before: was } of told) {
          expectNumbers({ viewers, was }, { viewers: now[hour] ?? 0, was: then[hour] ?? 0 });
        }
      });
    },
  );

  test("its pages together are the whole, whatever their size, and the last one says so", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...LIVE_GRANULARITIES),
        fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 })),
        fc.integer({ min: 20, max: 400 }),
        someRows,
        async (granularity, [a, b], size, filled) => {
          const days = granularity === "5min" ? 3 : 31;
          const [fromDays, toDays] = [Math.max(a, b) + 1, Math.min(a, b)];
          fc.pre(fromDays - toDays <= days);
          const limit = granularity === "5min" ? size : Math.ceil(size / 10);
          const world = new HistoryWorld("Europe/Berlin");
          fill(world, filled);
          const asked = { granularity, to: dateText(NOW - toDays * DAY) };
          const from = dateText(NOW - fromDays * DAY);
          const whole = await world.readOk(ofStream("a"), { ...asked, from, limit: 1_000 });
          expect(whole.next).toBeUndefined();
          const periods = [];
          for (let next: string | undefined = from; next !== undefined; ) {
            const page: History = await world.readOk(ofStream("a"), {
              ...asked,
              from: next,
              limit,
            });
            expect(page.periods.length).toBeLessThanOrEqual(limit);
            expect(page.to).toBe(whole.to);
            if (next === from) expect(page.total).toEqual(whole.total);
            periods.push(...page.periods);
            next = page.next;
          }
          expect(periods).toEqual(whole.periods);
        },
      ),
      { numRuns: 25 },
    ));
});

const sample = (recordedAt: number, viewers: number, peak = viewers): LiveSample => ({
  recordedAt,
  viewers,
  peak,
});

const day = (number: number, more: Partial<LiveDay> = {}): LiveDay => ({
  day: number,
  peak: 7,
  uniques: 20,
  sessions: 30,
  watchedSeconds: 5_400,
  liveSeconds: 3_600,
  ...more,
});

describe("a history", () => {
  test("says what it is of, when it was true, and where from", async () => {
    const world = new HistoryWorld("Europe/Berlin");
    world.flushedAt = NOW - 4 * MINUTE;
    world.addDays("a", day(20_261_120), day(20_261_118, { watchedSeconds: 0, peak: 0 }));
    // Of the 24 windows of that hour 23 are over, as far as was told by then.
    world.addSamples("a", sample(NOW - DAY, 23));
    const query = { granularity: "day", from: "2026-11-20", to: "2026-11-22" } as const;
    const numbers = { peak: 7, dailyUniques: 20, sessions: 30, watchedSeconds: 5_400 };
    const nobody = { dailyUniques: 0, sessions: 0, watchedSeconds: 0, liveSeconds: 0 };
    expect(await world.readOk(ofStream("a"), query)).toEqual({
      stream: "a",
      source: "database",
      granularity: "day",
      timeZone: "Europe/Berlin",
      from: "2026-11-20",
      to: "2026-11-22",
      asOf: NOW - 4 * MINUTE,
      total: { average: 1.5, ...numbers, liveSeconds: 3_600 },
      periods: [
        {
          name: "2026-11-20",
          start: NOW - 25 * HOUR,
          end: NOW - HOUR,
          average: 1.5,
          ...numbers,
          liveSeconds: 3_600,
        },
        {
          name: "2026-11-21",
          start: NOW - HOUR,
          end: NOW + 23 * HOUR,
          average: 0,
          peak: 0,
          ...nobody,
        },
      ],
      comparison: {
        before: {
          from: "2026-11-18",
          to: "2026-11-20",
          ...{ average: 0, peak: 0, dailyUniques: 20, sessions: 30 },
          ...{ watchedSeconds: 0, liveSeconds: 3_600 },
        },
        change: {
          ...{ average: null, peak: null, dailyUniques: 0, sessions: 0 },
          ...{ watchedSeconds: null, liveSeconds: 0 },
        },
        partial: true,
        hourOfDay: Array.from({ length: 24 }, (_, hour) => ({
          hour,
          viewers: hour === 0 ? 1 : 0,
          before: 0,
        })),
      },
    });
  });

  test("of a stream grows by what it grew, and shrinks", async () => {
    const world = new HistoryWorld();
    world.addDays("a", day(20_261_118, { sessions: 100, peak: 10 }));
    world.addDays("a", day(20_261_119, { sessions: 150, peak: 5 }));
    const query = { granularity: "day", from: "2026-11-19", to: "2026-11-20" } as const;
    const { comparison } = await world.readOk(ofStream("a"), query);
    expect(comparison).not.toHaveProperty("partial");
    expect(comparison?.change).toMatchObject({ sessions: 0.5, peak: -0.5, average: 0 });
  });

  test("of five minutes is the number at their end and the most within, and those of an hour their mean", async () => {
    const world = new HistoryWorld("Europe/Berlin");
    const nine = Date.UTC(2026, 10, 20, 9);
    world.addSamples(
      "a",
      sample(nine, 100),
      sample(nine + WINDOW, 12, 30),
      sample(nine + HOUR, 36),
    );
    const from = "2026-11-20T09";
    const five = { granularity: "5min", from, to: "2026-11-20T09:10" } as const;
    const local = (minutes: string) => `2026-11-20T10:${minutes}+01:00`;
    const second = nine + WINDOW;
    expect((await world.readOk(ofStream("a"), five)).periods).toEqual([
      {
        name: "2026-11-20T09:00",
        local: local("00"),
        start: nine,
        end: second,
        viewers: 12,
        peak: 30,
      },
      {
        name: "2026-11-20T09:05",
        local: local("05"),
        start: second,
        end: second + WINDOW,
        viewers: 0,
        peak: 0,
      },
    ]);
    const { periods, total, comparison } = await world.readOk(ofStream("a"), {
      ...{ granularity: "hour", from, to: "2026-11-20T10" },
    });
    const hour = { average: 4, peak: 36 };
    const place = { name: from, local: local("00"), start: nine, end: nine + HOUR };
    expect([periods, total]).toEqual([[{ ...place, ...hour }], hour]);
    expect(comparison?.before).toMatchObject({ average: 100 / 12, peak: 100 });
  });

  test("has a stream that ended and began again within five minutes with its number at their end", async () => {
    const world = new HistoryWorld();
    const nine = Date.UTC(2026, 10, 20, 9);
    world.addSamples("a", sample(nine + 2 * MINUTE, 0, 50), sample(nine + WINDOW, 3, 4));
    const query = { granularity: "5min", from: "2026-11-20T09", to: "2026-11-20T09:05" } as const;
    const { periods } = await world.readOk(ofStream("a"), query);
    expect(periods).toMatchObject([{ viewers: 3, peak: 50 }]);
  });

  test("of a broadcaster adds its streams up, but its peak is that of one of them", async () => {
    const world = new HistoryWorld();
    world.addDays("a", day(20_261_119, { peak: 70 }));
    world.addDays("c", day(20_261_119, { peak: 50 }));
    const nine = Date.UTC(2026, 10, 19, 9);
    world.addSamples("a", sample(nine + WINDOW, 7));
    world.addSamples("c", sample(nine + WINDOW, 5));
    const query = { granularity: "day", from: "2026-11-19", to: "2026-11-20" } as const;
    const history = await world.readOk(ofBroadcaster("b"), query);
    expect(history).toMatchObject({
      broadcaster: "b",
      total: { peak: 70, dailyUniques: 40, sessions: 60, average: 1.5, liveSeconds: 7_200 },
    });
    expect(history.comparison?.hourOfDay?.[9]).toEqual({ hour: 9, viewers: 1, before: 0 });
    expect(history).not.toHaveProperty("stream");
    expect(history).not.toHaveProperty("current");
    const hours = { ...query, granularity: "5min", from: "2026-11-19T09", to: "2026-11-19T09:05" };
    const { periods } = await world.readOk(ofBroadcaster("b"), { ...hours, granularity: "5min" });
    expect(periods).toMatchObject([{ viewers: 12, peak: 7 }]);
  });

  test("of a stream that ended keeps the peak and the total of its end; one never saved has none", async () => {
    const world = new HistoryWorld();
    const id = streamId("a");
    if (id === undefined) throw new Error("no stream id");
    const last = { viewers: 0, peak: 90, total: 400, startedAt: NOW - DAY, asOf: NOW - HOUR };
    const more = { broadcaster: "b", category: null, uniqueToday: 300, stamp: stamp(1, 1) };
    world.current.set("a", { stream: id, status: "ended", ...last, ...more });
    const query = { granularity: "day" } as const;
    const { current } = await world.readOk(ofStream("a"), query);
    expect(current).toEqual({ status: "ended", ...last });
    expect(await world.readOk(ofStream("c"), query)).not.toHaveProperty("current");
  });

  test("is partial while what rooms tell of its range may still come, to its last millisecond", async () => {
    const query = { granularity: "day", from: "2026-11-18", to: "2026-11-20" } as const;
    const partialAt = async (flushedAt: number) => {
      const world = new HistoryWorld();
      world.flushedAt = flushedAt;
      return (await world.readOk(ofStream("a"), query)).comparison?.partial;
    };
    expect([await partialAt(NOW - DAY - 1), await partialAt(NOW - DAY)]).toEqual([true, undefined]);
  });

  test("of nobody is of zeros, as of nothing while nothing was flushed", async () => {
    const world = new HistoryWorld();
    world.flushedAt = undefined;
    const { periods, total, asOf } = await world.readOk(ofStream("a"), { granularity: "hour" });
    expect([periods.length, total, asOf]).toEqual([24, { average: 0, peak: 0 }, 0]);
    for (const period of periods) expect(period).toMatchObject({ average: 0, peak: 0 });
  });

  test("of a day of 25 hours has the hour that came twice as the mean of both, one of 23 the hour left out as nothing", async () => {
    const world = new HistoryWorld("Europe/Berlin");
    const hours = (from: number, count: number, viewers: number) =>
      Array.from({ length: (count * HOUR) / WINDOW }, (_, i) =>
        sample(from + (i + 1) * WINDOW, viewers),
      );
    // 02:00 to 03:00 of summer time, and once more of winter time.
    world.addSamples("a", ...hours(Date.UTC(2026, 9, 25, 0), 1, 10));
    world.addSamples("a", ...hours(Date.UTC(2026, 9, 25, 1), 1, 30));
    world.addSamples("a", ...hours(Date.UTC(2026, 2, 28, 23), 23, 5));
    const hoursOf = async (from: string, to: string) =>
      (await world.readOk(ofStream("a"), { granularity: "day", from, to })).comparison?.hourOfDay;
    const autumn = await hoursOf("2026-10-25", "2026-10-26");
    expect(autumn?.filter(({ viewers }) => viewers > 0)).toEqual([
      { hour: 2, viewers: 20, before: 0 },
    ]);
    const spring = await hoursOf("2026-03-29", "2026-03-30");
    expect(spring?.map(({ viewers }) => viewers)).toEqual(
      Array.from({ length: 24 }, (_, hour) => (hour === 2 ? 0 : 5)),
    );
  });

  test("without a comparison where the samples before are not kept; days are compared and lack the hours of the day", async () => {
    const world = new HistoryWorld();
    const range = { from: "2025-11-01", to: "2025-11-03" };
    for (const granularity of ["5min", "hour"] as const) {
      const short = await world.readOk(ofStream("a"), { granularity, ...range, limit: 1_000 });
      expect(short.comparison).toBeUndefined();
    }
    const { comparison } = await world.readOk(ofStream("a"), { granularity: "day", ...range });
    expect(comparison).toMatchObject({ before: { from: "2025-10-30", to: "2025-11-01" } });
    expect(comparison).not.toHaveProperty("hourOfDay");
  });

  test("of more than 31 days lacks the hours of the day, and reads no samples", async () => {
    const world = new HistoryWorld();
    const month = { granularity: "day", from: "2026-10-01" } as const;
    const longer = await world.readOk(ofStream("a"), { ...month, to: "2026-11-02" });
    expect(longer.comparison).not.toHaveProperty("hourOfDay");
    expect(world.calls).not.toContain("history");
    const shorter = await world.readOk(ofStream("a"), { ...month, to: "2026-11-01" });
    expect(shorter.comparison).toHaveProperty("hourOfDay");
  });
});

describe("nothing is told of", () => {
  test.each([ofStream("nobody"), ofBroadcaster("nobody")])(
    "%o, and no row is read",
    async (who) => {
      const world = new HistoryWorld();
      expect(await world.read(who, { granularity: "day" })).toEqual({ status: "unknown" });
      expect(world.calls).toEqual([who.kind === "stream" ? "find" : "broadcaster"]);
    },
  );

  test("a range that cannot be, and nothing is asked", async () => {
    const world = new HistoryWorld();
    const query = { granularity: "day", from: "2026-02-30" } as const;
    expect(await world.read(ofStream("nobody"), query)).toMatchObject({ code: "invalid-date" });
    expect(world.calls).toEqual([]);
  });
});

describe("while the database is away", () => {
  const query = { granularity: "day" } as const;

  test.each(Object.entries(SUBJECTS))(
    "what was told before of %s is told as stale, and cached by nobody",
    async (_, who) => {
      const world = new HistoryWorld();
      world.addDays("a", day(20_261_120));
      const before = await world.readOk(who, query);
      world.up = false;
      await world.time.pass(3 * HOUR);
      const read = await world.read(who, query);
      expect(read).toEqual({
        status: "read",
        history: { ...before, stale: true },
        maxAgeSeconds: 0,
      });
      world.up = true;
      expect(await world.readOk(who, query)).not.toHaveProperty("stale");
    },
  );

  test("what nobody asked before is not made up, nor is anybody called unknown, and the log says why", async () => {
    const world = new HistoryWorld();
    await world.readOk(ofStream("a"), query);
    await world.read(ofStream("nobody"), query);
    world.up = false;
    for (const [who, other] of [
      [ofStream("a"), { granularity: "week" }],
      [ofStream("a"), { ...query, limit: 5 }],
      [ofStream("c"), query],
      [ofBroadcaster("a"), query],
      [ofStream("nobody"), query],
    ] as const) {
      expect(await world.read(who, other)).toEqual({ status: "unavailable" });
    }
    expect(world.errors).toContain("histories.database-unreachable");
  });
});

describe("while the registry is away with the writer", () => {
  const query = { granularity: "day" } as const;

  test("a reader says whether the stream is registered, and tells its history", async () => {
    const world = new HistoryWorld();
    world.addDays("a", day(20_261_120));
    const before = await world.readOk(ofStream("a"), query);
    world.isRegistryUp = false;
    world.calls.length = 0;
    expect(await world.readOk(ofStream("a"), query)).toEqual(before);
    expect(world.calls.slice(0, 3)).toEqual(["find", "stream", "flush-streams"]);
    expect(await world.read(ofStream("nobody"), query)).toEqual({ status: "unknown" });
  });

  test("a stream the writer knows is asked for where a reader may not know it yet", async () => {
    const world = new HistoryWorld();
    await world.readOk(ofStream("a"), query);
    expect(world.calls).not.toContain("stream");
  });
});

describe("strong", () => {
  const query = { granularity: "day", limit: 100 } as const;

  test.each(Object.entries(SUBJECTS))("asks the writer alone for %s", async (_, who) => {
    const world = new HistoryWorld();
    const history = await world.readOk(who, query);
    world.calls.length = 0;
    world.asked.length = 0;
    const read = await world.reader.readStrong(who, query);
    expect(read).toEqual({ status: "read", history, maxAgeSeconds: 0 });
    expect(world.calls).not.toContain("find");
    expect(world.asked).toEqual(["history strong"]);
  });

  test("nothing is told from memory, and nobody is called unknown, while the writer is away", async () => {
    const world = new HistoryWorld();
    await world.readOk(ofStream("a"), query);
    expect(await world.reader.readStrong(ofStream("nobody"), query)).toEqual({ status: "unknown" });
    world.up = false;
    for (const id of ["a", "nobody"]) {
      const read = await world.reader.readStrong(ofStream(id), query);
      expect(read).toEqual({ status: "unavailable" });
    }
    expect(world.errors).toContain("histories.database-unreachable");
  });

  test("a range that cannot be is refused", async () => {
    const asked = { ...query, from: "2026-02-30" };
    const read = await new HistoryWorld().reader.readStrong(ofStream("a"), asked);
    expect(read).toMatchObject({ status: "refused", code: "invalid-date" });
  });
});

test("requests that ask the same at once share one reading", async () => {
  const world = new HistoryWorld();
  const reads = [1, 2, 3].map(() => world.readOk(ofStream("a"), { granularity: "month" }));
  await settled();
  const [first, ...others] = await Promise.all(reads);
  expect(others).toEqual([first, first]);
  expect(world.calls).toEqual(["find", "flush-streams", "days", "currents"]);
});

describe("may be cached", () => {
  const secondsOf = async (
    world: HistoryWorld,
    who: HistorySubject,
    range: { readonly from?: string; readonly to?: string } = {},
  ) => {
    const read = await world.read(who, { granularity: "day", ...range });
    return read.status === "read" ? read.maxAgeSeconds : undefined;
  };
  const past = { from: "2026-11-17", to: "2026-11-19" };

  test("a minute where the present is in it", async () => {
    expect(await secondsOf(new HistoryWorld(), ofBroadcaster("b"))).toBe(60);
  });

  test("five minutes where rooms may still tell of it, an hour where not", async () => {
    const world = new HistoryWorld();
    const yesterday = { from: "2026-11-19", to: "2026-11-21" };
    expect(await secondsOf(world, ofBroadcaster("b"), yesterday)).toBe(300);
    expect(await secondsOf(world, ofBroadcaster("b"), past)).toBe(3_600);
    world.flushedAt = Date.UTC(2026, 10, 19, 1);
    expect(await secondsOf(world, ofBroadcaster("b"), past)).toBe(300);
  });

  test("a minute where a stream's last numbers change, five minutes where it has ended", async () => {
    const world = new HistoryWorld();
    expect(await secondsOf(world, ofStream("a"), past)).toBe(60);
    const id = streamId("a");
    if (id === undefined) throw new Error("no stream id");
    const numbers = { viewers: 0, peak: 0, total: 0, uniqueToday: 0, startedAt: 0, asOf: 0 };
    const row = { stream: id, broadcaster: "b", category: null, ...numbers, stamp: stamp(1, 1) };
    world.current.set("a", { ...row, status: "live" });
    expect(await secondsOf(world, ofStream("a"), past)).toBe(60);
    world.current.set("a", { ...row, status: "ended" });
    expect(await secondsOf(world, ofStream("a"), past)).toBe(300);
    expect(await secondsOf(world, ofStream("a"))).toBe(60);
  });
});
