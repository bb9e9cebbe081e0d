import { describe, expect, test } from "vitest";
import { stamp } from "../../src/core/stamp.ts";
import type {
  CurrentViewers,
  StreamDay,
  StreamTables,
  ViewerSample,
  ViewerSession,
} from "../../src/ports/database.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;

let made = 0;
const fresh = (name: string): string => {
  made += 1;
  return `${name}-${made}`;
};

const current = (viewers: number, more: Partial<CurrentViewers> = {}): CurrentViewers => ({
  stream: fresh("stream"),
  broadcaster: "b",
  category: "games",
  status: "live",
  viewers,
  peak: viewers,
  total: viewers,
  uniqueToday: viewers,
  startedAt: NOON,
  asOf: NOON,
  stamp: stamp(1, 1),
  ...more,
});

const sample = (
  stream: string,
  minute: number,
  more: Partial<ViewerSample> = {},
): ViewerSample => ({
  stream,
  recordedAt: NOON + minute * MINUTE,
  broadcaster: "b",
  viewers: minute,
  peak: minute,
  stamp: stamp(1, 1),
  ...more,
});

const day = (
  stream: string,
  number: number,
  more: Partial<Omit<StreamDay, "stream" | "day">> = {},
): StreamDay => ({
  stream,
  day: number,
  broadcaster: "b",
  peak: 7,
  uniques: 20,
  sessions: 30,
  watchedSeconds: 3_600,
  liveSeconds: 7_200,
  stamp: stamp(1, 1),
  ...more,
});

/** The promises of the port `StreamTables`, for any adapter of it. */
export const streamTablesContract = (open: () => StreamTables): void => {
  describe("numbers of streams", () => {
    test("the ranking has the most viewers first, then the youngest stream, and live ones only", async () => {
      const category = fresh("ranked");
      const rows = [
        current(5, { category, startedAt: NOON }),
        current(9, { category, startedAt: NOON }),
        current(9, { category, startedAt: NOON + 1 }),
        current(99, { category, status: "ended" }),
        current(98, { category, status: "syncing" }),
        current(97, { category: fresh("other") }),
      ];
      const streams = open();
      await streams.saveCurrent(rows);
      const [five, nine, younger] = rows;
      const ranked = [younger, nine, five].map((row) => {
        return { stream: row?.stream, viewers: row?.viewers, startedAt: row?.startedAt };
      });
      expect(await streams.ranking(10, category)).toEqual(ranked);
      expect(await streams.ranking(2, category)).toEqual(ranked.slice(0, 2));
      expect(await streams.ranking(10, fresh("empty"))).toEqual([]);
    });

    test("without a category the ranking is that of all streams", async () => {
      const streams = open();
      const top = current(1_000_000, { category: null });
      await streams.saveCurrent([top]);
      expect((await streams.ranking(1))[0]?.stream).toBe(top.stream);
      await streams.saveCurrent([{ ...top, status: "ended", stamp: stamp(1, 2) }]);
      expect((await streams.ranking(1))[0]?.stream).not.toBe(top.stream);
    });

    test("an older stamp changes nothing, whatever order the rows arrive in", async () => {
      const streams = open();
      const category = fresh("stale");
      const now = current(7, { category, stamp: stamp(2, 1) });
      await streams.saveCurrent([now]);
      await streams.saveCurrent([{ ...now, viewers: 3, stamp: stamp(1, 9) }]);
      expect(await streams.ranking(1, category)).toMatchObject([{ viewers: 7 }]);
    });

    test("history is that of the stream and the time asked for, from inclusive, to exclusive, in order", async () => {
      const streams = open();
      const stream = fresh("history");
      const rows = [15, 0, 10, 5].map((minute) => sample(stream, minute));
      expect(await streams.saveHistory([...rows, sample(fresh("history"), 5)])).toBe(1);
      const found = await streams.history(stream, NOON, NOON + 15 * MINUTE);
      expect(found).toEqual([0, 5, 10].map((minute) => sample(stream, minute)));
    });

    test("a broadcaster's history is that of all their streams, those of one moment as one", async () => {
      const streams = open();
      const broadcaster = fresh("broadcaster");
      const [one, two] = [fresh("a"), fresh("b")];
      await streams.saveHistory([
        sample(two, 5, { broadcaster, viewers: 3, peak: 4 }),
        sample(one, 0, { broadcaster, viewers: 5, peak: 9 }),
        sample(two, 0, { broadcaster, viewers: 6, peak: 7 }),
        sample(one, 10, { broadcaster, viewers: 1, peak: 1 }),
        sample(fresh("c"), 0),
      ]);
      const found = await streams.broadcasterHistory(broadcaster, NOON, NOON + 10 * MINUTE);
      expect(found).toEqual([
        { recordedAt: NOON, viewers: 11, peak: 9 },
        { recordedAt: NOON + 5 * MINUTE, viewers: 3, peak: 4 },
      ]);
      expect(await streams.broadcasterHistory(fresh("nobody"), NOON, NOON + MINUTE)).toEqual([]);
    });

    test("the last numbers of a stream are told as they were saved, and none of a stream nobody saved", async () => {
      const streams = open();
      const live = current(7);
      const ended = current(0, { status: "ended", peak: 90, total: 400, category: null });
      await streams.saveCurrent([live, ended]);
      const asked = [ended.stream, fresh("stream"), live.stream];
      const found = new Map((await streams.currents(asked)).map((row) => [row.stream, row]));
      expect(found).toEqual(
        new Map([
          [live.stream, live],
          [ended.stream, ended],
        ]),
      );
      expect(await streams.currents([])).toEqual([]);
    });

    test("days are those of the stream asked for, from inclusive, to exclusive, in order", async () => {
      const streams = open();
      const stream = fresh("days");
      const numbers = [20_270_101, 20_261_130, 20_261_201, 20_261_129];
      await streams.saveDays([
        ...numbers.map((number) => day(stream, number)),
        day(fresh("days"), 20_261_130),
      ]);
      expect(await streams.days(stream, 20_261_130, 20_270_101)).toEqual([
        day(stream, 20_261_130),
        day(stream, 20_261_201),
      ]);
    });

    test("a broadcaster's days are the sums of all their streams, the peak that of the highest", async () => {
      const streams = open();
      const broadcaster = fresh("broadcaster");
      const [one, two] = [fresh("a"), fresh("b")];
      await streams.saveDays([
        day(two, 20_261_122, { broadcaster, peak: 2 }),
        day(one, 20_261_121, { broadcaster, peak: 7, watchedSeconds: 2 ** 40 }),
        day(two, 20_261_121, { broadcaster, peak: 5, uniques: 1, liveSeconds: 1 }),
        day(one, 20_261_123, { broadcaster }),
        day(fresh("c"), 20_261_121),
      ]);
      expect(await streams.broadcasterDays(broadcaster, 20_261_121, 20_261_123)).toEqual([
        {
          day: 20_261_121,
          peak: 7,
          uniques: 21,
          sessions: 60,
          watchedSeconds: 2 ** 40 + 3_600,
          liveSeconds: 7_201,
        },
        {
          day: 20_261_122,
          peak: 2,
          uniques: 20,
          sessions: 30,
          watchedSeconds: 3_600,
          liveSeconds: 7_200,
        },
      ]);
      const none = await streams.broadcasterDays(fresh("nobody"), 20_261_121, 20_261_123);
      expect(none).toEqual([]);
    });

    test("a sample written again with a newer stamp is one sample", async () => {
      const streams = open();
      const first = sample(fresh("again"), 0);
      await streams.saveHistory([first]);
      const second = { ...first, peak: 50, stamp: stamp(1, 2) };
      await streams.saveHistory([second, first]);
      expect(await streams.history(first.stream, NOON, NOON + 1)).toEqual([second]);
    });

    test("sessions and days take thousands of rows in few statements, and take them again", async () => {
      const streams = open();
      const sessions = Array.from({ length: 2_500 }, (_, index): ViewerSession => {
        return {
          startedDay: 20_261_121,
          session: fresh("session"),
          stream: "s",
          visitor: "0123456789abcdef",
          startedAt: NOON + index,
          endedAt: index % 2 === 0 ? null : NOON + index + 1,
          stamp: stamp(1, 1),
        };
      });
      const days = sessions.map((_, index): StreamDay => {
        return {
          stream: fresh("day"),
          day: 20_261_121,
          broadcaster: "b",
          peak: index,
          uniques: index,
          sessions: index,
          watchedSeconds: index * 60,
          liveSeconds: 3_600,
          stamp: stamp(1, 1),
        };
      });
      for (const statements of [
        await streams.saveSessions(sessions),
        await streams.saveSessions(sessions),
        await streams.saveDays(days),
        await streams.saveDays(days),
      ]) {
        expect(statements).toBeLessThanOrEqual(5);
      }
      expect(await streams.saveSessions([])).toBe(0);
    });
  });
};
