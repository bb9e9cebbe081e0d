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

    test("a broadcaster's history is that of all their streams", async () => {
      const streams = open();
      const broadcaster = fresh("broadcaster");
      const [one, two] = [fresh("a"), fresh("b")];
      const rows = [
        sample(one, 0, { broadcaster }),
        sample(two, 0, { broadcaster }),
        sample(two, 5, { broadcaster }),
      ];
      await streams.saveHistory([...rows, sample(fresh("c"), 0)]);
      const found = await streams.broadcasterHistory(broadcaster, NOON, NOON + 10 * MINUTE);
      expect(found).toEqual(rows);
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
