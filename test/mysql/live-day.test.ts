import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateMySql } from "../../dev/mysql/migrate.ts";
import { mysqlDatabase } from "../../src/adapters/mysql/database.ts";
import type { HistorySubject } from "../../src/app/live/history-rows.ts";
import type { Database } from "../../src/ports/database.ts";
import { expectStored } from "../support/live-day-check.ts";
import type { ModelStream } from "../support/live-day-model.ts";
import type { PlannedDay, StreamPlan } from "../support/live-day-plan.ts";
import { type LiveDayDone, liveDay } from "../support/live-day-world.ts";
import { stream } from "../support/live-fakes.ts";
import { type ComparedDays, HistoryChecker } from "../support/live-history-check.ts";
import { openLocalD1 } from "../support/local-d1.ts";
import { freshGateway, NO_MYSQL } from "../support/mysql.ts";
import { calendarOf } from "../support/naive-calendar.ts";

/** `npm run prove -- live-day` asks for more. */
const STREAMS = Number(process.env.LIVE_DAY_STREAMS ?? 200);
const SEED = Number(process.env.LIVE_DAY_SEED ?? 1);

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

interface Scene {
  readonly name: string;
  readonly timeZone: string;
  readonly streams: number;
  readonly broadcasters: number;
  readonly days: readonly PlannedDay[];
  readonly compared: ComparedDays;
}

const dayFrom = (day: number, from: number, hours = 24): PlannedDay => ({
  ...{ day, from, to: from + hours * 3_600_000 },
});

/** Midnights in Tokyo are nine hours before those of UTC. */
const TOKYO = [19, 20, 21, 22, 23].map((date) =>
  dayFrom(20_261_100 + date, Date.UTC(2026, 10, date - 1, 15)),
);

/** Two hours before them in summer, and one in winter: the 25th has the hour from two to three twice. */
const BERLIN = [
  dayFrom(20_261_023, Date.UTC(2026, 9, 22, 22)),
  dayFrom(20_261_024, Date.UTC(2026, 9, 23, 22)),
  dayFrom(20_261_025, Date.UTC(2026, 9, 24, 22), 25),
  dayFrom(20_261_026, Date.UTC(2026, 9, 25, 23)),
  dayFrom(20_261_027, Date.UTC(2026, 9, 26, 23)),
];

const at = (days: readonly PlannedDay[], index: number): PlannedDay => {
  const day = days[index];
  if (day === undefined) throw new Error(`there is no day ${index}`);
  return day;
};

const SCENES: readonly Scene[] = [
  {
    name: `${STREAMS} streams of 20 broadcasters over a day of Tokyo and parts of those around it`,
    ...{ timeZone: "Asia/Tokyo", streams: STREAMS, broadcasters: 20, days: TOKYO },
    compared: { day: at(TOKYO, 2), before: at(TOKYO, 1), clock: HOURS, clockBefore: HOURS },
  },
  {
    name: "40 streams over the day of 25 hours on which Berlin puts its clocks back",
    ...{ timeZone: "Europe/Berlin", streams: 40, broadcasters: 4, days: BERLIN },
    compared: {
      ...{ day: at(BERLIN, 2), before: at(BERLIN, 1), clockBefore: HOURS },
      clock: [0, 1, 2, ...HOURS.slice(2)],
    },
  },
];

interface Stored {
  readonly streams: Database["streams"];
  /** Reads what is stored without the code under test. */
  read(query: string): Promise<readonly object[]>;
  close(): Promise<void>;
}

const openMySql = async (): Promise<Stored> => {
  const gateway = await freshGateway();
  await migrateMySql(gateway.url);
  const { streams } = mysqlDatabase(gateway.url);
  const connection = await createConnection({ ...gateway.address });
  return {
    streams,
    read: async (query) => (await connection.query<RowDataPacket[]>(query))[0],
    close: async () => {
      await connection.end();
      await gateway.close();
    },
  };
};

describe.each(SCENES)("$name", ({ timeZone, days, streams, broadcasters, compared }) => {
  const calendar = calendarOf(timeZone);
  let done: LiveDayDone;

  beforeAll(async () => {
    done = await liveDay({ seed: SEED, streams, broadcasters, days, calendar });
  }, 300_000);

  const modelFor = (id: string): ModelStream => {
    const model = done.models.get(id);
    if (model === undefined) throw new Error(`there is no stream ${id}`);
    return model;
  };

  const expected = () => done.plans.map((plan) => ({ plan, model: modelFor(plan.stream) }));

  test("flushes failed now and then, rooms lost their sockets, and nothing was said to be wrong", () => {
    expect(new Set(done.problems)).toEqual(new Set(["room.sessions-unsaved"]));
    expect(done.flushes.filter(({ failures }) => failures > 0).length).toBeGreaterThan(0);
    // Nothing had to be reconciled.
    expect(done.journal.records).toEqual([]);
    expect(done.unnotedMs.length).toBeGreaterThan(0);
    expect(Math.max(...done.unnotedMs)).toBeLessThanOrEqual(20_000);
  });

  test("the tables have each stream's samples, days, sessions and last numbers, to the row and the second", () => {
    const { samples, days: daily, sessions, current } = done.tables;
    expectStored(expected(), {
      samples: [...samples.values()],
      days: [...daily.values()],
      sessions: [...sessions.values()],
      current: [...current.values()],
    });
  });

  describe.each([
    { name: "MariaDB", open: openMySql, skip: NO_MYSQL },
    { name: "D1", open: openLocalD1, skip: false },
  ])("in $name", ({ open, skip }) => {
    let database: Stored;

    beforeAll(async () => {
      if (skip) return;
      database = await open();
      await done.journal.replay(database.streams);
    }, 60_000);

    afterAll(() => database?.close());

    test.skipIf(skip)("the same stands, also where rows were written twice", async () => {
      const rows = async <Row>(query: string) => (await database.read(query)) as Row[];
      expectStored(expected(), {
        samples: await rows(`SELECT ${OWNED}, recorded_at AS recordedAt, viewer_count AS viewers,
          peak_viewers AS peak FROM viewer_history`),
        days: await rows(`SELECT ${OWNED}, day, peak_viewers AS peak, unique_viewers AS uniques,
          sessions, watched_seconds AS watchedSeconds, live_seconds AS liveSeconds
          FROM daily_statistics`),
        sessions: await rows(`SELECT stream_id AS stream, started_day AS startedDay,
          session_id AS session, visitor, started_at AS startedAt, ended_at AS endedAt
          FROM user_sessions`),
        current: await rows(`SELECT ${OWNED}, category_id AS category, status,
          viewer_count AS viewers, peak_viewers AS peak, total_viewers AS total,
          unique_today AS uniqueToday, started_at AS startedAt, as_of AS asOf
          FROM current_viewers`),
      });
    });

    test.skipIf(skip)(
      "histories say what the model says: days, growth, hours, windows and hours of the day",
      async () => {
        const checker = new HistoryChecker({ streams: database.streams, calendar, now: done.now });
        const check = async (subject: HistorySubject, plans: readonly StreamPlan[]) => {
          const models = plans.map((plan) => modelFor(plan.stream));
          await checker.days(subject, models, days.slice(1, -1));
          await checker.growth(subject, models, compared);
          await checker.hours(subject, models, compared.day);
          await checker.windows(subject, models, compared.day);
        };
        const byBroadcaster = Map.groupBy(done.plans, ({ broadcaster }) => broadcaster);
        for (const [id, plans] of byBroadcaster) {
          await check({ kind: "broadcaster", id }, plans);
          const [plan] = plans;
          if (plan !== undefined) await check({ kind: "stream", id: stream(plan.stream) }, [plan]);
        }
      },
    );
  });
});

const OWNED = "stream_id AS stream, broadcaster_id AS broadcaster";
