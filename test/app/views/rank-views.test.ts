import { describe, expect, test } from "vitest";
import { rankViews } from "../../../src/app/views/rank-views.ts";
import type { RankedSpan } from "../../../src/core/statistics/ranked-span.ts";
import type { MostViewed } from "../../../src/ports/statistics-tables.ts";
import type { PeriodRanking, RankingWindow } from "../../../src/protocol/rankings-rpc.ts";
import { JobDesk } from "../../support/jobs.ts";
import { calendarOf } from "../../support/naive-calendar.ts";
import { readersOf } from "../../support/read-tables.ts";
import { shown } from "../../support/shown-contents.ts";
import { content, ViewRankingsWorld } from "../../support/view-rankings-world.ts";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 21, 12);

const listOf = (lists: Readonly<Record<string, number>>) =>
  Object.entries(lists).map(([id, views]) => ({ content: content(id), views }));

const NOTHING: MostViewed = { all: [], byCategory: new Map() };

/** A database, the object of rankings, and who runs the job. */
class RankWorld {
  readonly desk: JobDesk;
  readonly object = new ViewRankingsWorld();
  readonly asked: string[] = [];
  readonly spans: RankedSpan[] = [];
  flushedAt: number | undefined;
  /** What the database finds, the later call first. */
  answers: (span: RankedSpan) => Promise<MostViewed> = async () => NOTHING;
  /** The object does not answer. */
  away = false;
  /** Its clock. */
  objectBehindMs = 0;
  readonly #zone: string;

  constructor(now = NOON, zone = "UTC") {
    this.#zone = zone;
    this.desk = new JobDesk(now + 3_000);
    this.flushedAt = now;
  }

  run() {
    this.object.now = this.desk.now - this.objectBehindMs;
    const { rankings } = this.object;
    const answer = async <T>(of: () => T): Promise<T> => {
      if (this.away) throw new Error("no answer");
      return of();
    };
    return rankViews({
      ...this.desk,
      clock: this.desk.clock,
      calendar: calendarOf(this.#zone),
      rankings: {
        views: (window, limit, category) => answer(() => rankings.views(window, limit, category)),
        setPeriods: (periods: readonly PeriodRanking[]) =>
          answer(() => rankings.setPeriods(periods)),
      },
      readers: readersOf(
        {
          jobs: {
            lastWhole: async (job) =>
              this.flushedAt === undefined
                ? undefined
                : {
                    ...{ id: "1", job, startedAt: this.flushedAt, durationMs: 1, rows: 1 },
                    ...NO_MORE,
                  },
          },
          statistics: {
            mostViewed: (span, limit) => {
              expect(limit).toBe(100);
              this.spans.push(span);
              return this.answers(span);
            },
          },
        },
        this.asked,
      ),
    });
  }

  /** Five minutes later, behind the flush. */
  later(minutes: number): void {
    this.desk.now += minutes * MINUTE;
    this.flushedAt = this.desk.now - 3_000;
  }

  views(window: RankingWindow, category?: string) {
    this.object.now = this.desk.now;
    return this.object.rankings.views(window, 100, category);
  }
}

const NO_MORE = { statements: 1, failures: 0, detail: "" };

test("all three windows are told with the rank of the period before, of all and of each category, as of the flush", async () => {
  const world = new RankWorld();
  const byCategory = (lists: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
    new Map(Object.entries(lists).map(([category, list]) => [category, listOf(list)]));
  let call = 0;
  world.answers = async () => {
    call += 1;
    return call % 2 === 1
      ? {
          all: listOf({ a: 9, b: 8, c: 1 }),
          byCategory: byCategory({ x: { b: 8, c: 1 }, y: { a: 9 } }),
        }
      : { all: listOf({ c: 50, a: 7 }), byCategory: byCategory({ x: { c: 50 }, z: { d: 1 } }) };
  };
  const run = await world.run();
  expect(run).toMatchObject({ job: "rank", rows: 18, statements: 6, failures: 0, detail: "" });
  for (const window of ["day", "week", "month"] as const) {
    expect(shown(world.views(window)?.contents)).toEqual(["a:9<2", "b:8", "c:1<1"]);
    expect(shown(world.views(window, "x")?.contents)).toEqual(["b:8", "c:1<1"]);
    expect(shown(world.views(window, "y")?.contents)).toEqual(["a:9"]);
    expect(world.views(window, "z")?.contents).toEqual([]);
    expect(world.views(window)?.asOf).toBe(NOON);
  }
  expect(world.desk.recorded).toEqual([run]);
  expect(world.asked).toEqual(["ranking", "ranking", "ranking"]);
});

describe("what is due", () => {
  test("the day every five minutes, week and month every half hour, and a run leaves its row in any case", async () => {
    const world = new RankWorld();
    const due: number[] = [];
    for (let minutes = 0; minutes <= 60; minutes += 5) {
      due.push((await world.run()).statements / 2);
      world.later(5);
    }
    expect(due).toEqual([3, 1, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 3]);
    expect(world.desk.recorded).toHaveLength(13);
  });

  test("nothing twice within a few minutes", async () => {
    const world = new RankWorld();
    await world.run();
    world.desk.now += 2 * MINUTE;
    expect(await world.run()).toMatchObject({ rows: 0, statements: 0, failures: 0 });
  });

  test("a cron that comes some seconds early leaves no five minutes out", async () => {
    const world = new RankWorld();
    await world.run();
    world.desk.now += 5 * MINUTE - 20_000;
    expect((await world.run()).statements).toBe(2);
  });

  test("what belongs to a period that is over, at once", async () => {
    // The last minute of a Sunday that is the last day of its month.
    const midnight = Date.UTC(2026, 4, 31) + 24 * 60 * MINUTE;
    const world = new RankWorld(midnight - 2 * MINUTE);
    await world.run();
    world.later(2.1);
    expect((await world.run()).statements).toBe(6);
    expect(world.views("day")?.from).toBe(midnight);
    expect(world.views("week")?.from).toBe(midnight);
    expect(world.views("month")?.from).toBe(midnight);
  });

  test("also where the object's clock still shows the day before", async () => {
    const midnight = Date.UTC(2026, 10, 21);
    const world = new RankWorld(midnight - 2 * MINUTE);
    await world.run();
    world.later(2.1);
    world.objectBehindMs = MINUTE;
    expect((await world.run()).statements).toBe(2);
    expect(world.views("day")?.from).toBe(midnight);
  });

  test("while flushes fail, what the others brought is told as of the last whole one", async () => {
    const world = new RankWorld();
    await world.run();
    world.later(10);
    world.flushedAt = NOON;
    expect((await world.run()).statements).toBe(2);
    expect(world.views("day")?.asOf).toBe(NOON);
    world.flushedAt = undefined;
    world.object.evict();
    const first = new RankWorld();
    first.flushedAt = undefined;
    await first.run();
    expect(first.views("day")?.asOf).toBe(0);
  });
});

describe("a database that is away", () => {
  test("leaves the lists as they are, and the run says so", async () => {
    const world = new RankWorld();
    world.answers = async () => ({ ...NOTHING, all: listOf({ a: 1 }) });
    await world.run();
    world.later(30);
    world.answers = () => Promise.reject(new Error("the database is away"));
    const run = await world.run();
    expect(run).toMatchObject({ rows: 0, statements: 0, failures: 3 });
    expect(JSON.parse(run.detail)).toEqual(
      ["day", "week", "month"].map((window) => ({ window, cause: "Error: the database is away" })),
    );
    expect(shown(world.views("day")?.contents)).toEqual(["a:1<1"]);
  });

  test("for one window stops no other", async () => {
    const world = new RankWorld();
    world.answers = async () => {
      if (world.spans.length === 3) throw new Error("too long");
      return { ...NOTHING, all: listOf({ a: 1 }) };
    };
    expect(await world.run()).toMatchObject({ statements: 4, failures: 1 });
    expect(world.views("week")).toBeUndefined();
    expect(shown(world.views("month")?.contents)).toEqual(["a:1<1"]);
  });
});

test("an object that is away is named, and the database is asked for nothing", async () => {
  const world = new RankWorld();
  world.away = true;
  expect(await world.run()).toMatchObject({ failures: 3, statements: 0 });
  expect(world.spans).toEqual([]);
});

describe("periods are those of the reporting calendar", () => {
  const at = (text: string) => Date.parse(`${text}Z`);
  /** Of the day, week and month under way and of those before, as the database is asked for them. */
  const spansAt = async (now: string, zone: string) => {
    const world = new RankWorld(at(now), zone);
    await world.run();
    const [day, dayBefore, week, weekBefore, month, monthBefore] = world.spans;
    return { world, day, dayBefore, week, weekBefore, month, monthBefore };
  };
  const hours = (from: string, to: string) => ({ from: at(from), to: at(to) });

  test("of UTC: today and yesterday come from hours, all before from days", async () => {
    const asked = await spansAt("2026-11-21T12:00", "UTC");
    expect(asked).toMatchObject({
      day: { hours: hours("2026-11-21T00:00", "2026-11-22T00:00") },
      dayBefore: { hours: hours("2026-11-20T00:00", "2026-11-21T00:00") },
      week: {
        hours: hours("2026-11-20T00:00", "2026-11-23T00:00"),
        days: { from: 20_261_116, to: 20_261_120 },
      },
      weekBefore: { days: { from: 20_261_109, to: 20_261_116 } },
      month: {
        hours: hours("2026-11-20T00:00", "2026-12-01T00:00"),
        days: { from: 20_261_101, to: 20_261_120 },
      },
      monthBefore: { days: { from: 20_261_001, to: 20_261_101 } },
    });
    expect([asked.day?.days, asked.dayBefore?.days]).toEqual([undefined, undefined]);
    expect([asked.weekBefore?.hours, asked.monthBefore?.hours]).toEqual([undefined, undefined]);
  });

  test("a week goes on over the end of the year, and a month begins with it", async () => {
    const { world, ...asked } = await spansAt("2027-01-01T09:00", "UTC");
    expect(asked).toMatchObject({
      week: {
        hours: hours("2026-12-31T00:00", "2027-01-04T00:00"),
        days: { from: 20_261_228, to: 20_261_231 },
      },
      month: { hours: hours("2027-01-01T00:00", "2027-02-01T00:00"), days: undefined },
      monthBefore: {
        hours: hours("2026-12-31T00:00", "2027-01-01T00:00"),
        days: { from: 20_261_201, to: 20_261_231 },
      },
    });
    expect(world.views("week")).toMatchObject(hours("2026-12-28T00:00", "2027-01-04T00:00"));
    expect(world.views("month")).toMatchObject(hours("2027-01-01T00:00", "2027-02-01T00:00"));
  });

  test("of another zone, the day in which clocks are put back has 25 hours", async () => {
    const { world, ...asked } = await spansAt("2026-10-25T12:00", "Europe/Berlin");
    expect(asked.day).toEqual({
      hours: hours("2026-10-24T22:00", "2026-10-25T23:00"),
      days: undefined,
    });
    expect(asked.week).toEqual({
      hours: hours("2026-10-23T22:00", "2026-10-25T23:00"),
      days: { from: 20_261_019, to: 20_261_024 },
    });
    expect(world.views("day")).toMatchObject(hours("2026-10-24T22:00", "2026-10-25T23:00"));
  });

  test("it is already tomorrow in Sydney", async () => {
    const { world } = await spansAt("2026-11-30T14:00", "Australia/Sydney");
    expect(world.views("day")).toMatchObject(hours("2026-11-30T13:00", "2026-12-01T13:00"));
    expect(world.views("month")).toMatchObject(hours("2026-11-30T13:00", "2026-12-31T13:00"));
  });
});
