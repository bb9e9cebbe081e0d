import { describe, expect, test } from "vitest";
import type { ContentId, StreamId } from "../../src/core/ids.ts";
import { stamp } from "../../src/core/stamp.ts";
import { homesOf, parseSchedule, type ShardSchedule } from "../../src/core/views/shards.ts";
import { slotOf } from "../../src/core/views/slots.ts";
import type { ReadModel } from "../../src/ports/read-model.ts";
import type {
  PeriodRanking,
  RankedContent,
  RankingWindow,
  ShardSlots,
  SlotViews,
  ViewRanking,
} from "../../src/protocol/rankings-rpc.ts";
import type { LiveEntry, LiveNumbers, RoomNumbers } from "../../src/protocol/room-rpc.ts";
import { anEntry } from "../support/live-fakes.ts";

/** How numbers come about in what is behind a read model. */
export interface ReadModelWorld {
  readonly model: ReadModel;
  /** What the shard's Tally shows of the content from now on. */
  setViews(content: ContentId, shard: number, views: number): Promise<void>;
  /** Has the shard's parts be out of reach from now on, those that are set later, too. */
  lose(shard: number): void;
  /** Starts a stream with so many viewers. @returns what its room says */
  watch(stream: StreamId, viewers: number): Promise<RoomNumbers>;
  end(stream: StreamId): Promise<void>;
  /** Tells the list what a room would. */
  list(entry: LiveEntry): Promise<void>;
  /** Tells who ranks contents what a Tally would. */
  rankHour(slots: ShardSlots): Promise<void>;
  /** Tells who ranks contents what the job `rank` would. */
  rankPeriod(ranking: PeriodRanking): Promise<void>;
}

const DEADLINE_MS = 60_000;
const LOOK_MS = 50;

/** The list may be some time old, or begun a moment ago. */
const eventuallyListed = async (
  model: ReadModel,
  category: string | undefined,
  expected: readonly StreamId[],
  limit = 100,
): Promise<readonly LiveNumbers[]> => {
  const deadline = Date.now() + DEADLINE_MS;
  while (true) {
    try {
      const { streams } = await model.live(limit, category);
      const ours = streams.filter(({ stream }) => stream.startsWith(OURS));
      if (ours.map(({ stream }) => stream).join() === expected.join()) return ours;
      if (Date.now() > deadline) expect(ours.map(({ stream }) => stream)).toEqual(expected);
    } catch (cause) {
      if (Date.now() > deadline) throw cause;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
};

const OURS = `rm-${crypto.randomUUID().slice(0, 8)}`;
let made = 0;

/** The order may be some time old. */
const eventuallyRanked = async (
  { model }: ReadModelWorld,
  window: RankingWindow,
  category: string,
  expected: readonly RankedContent[],
  limit = 100,
): Promise<ViewRanking> => {
  const deadline = Date.now() + DEADLINE_MS;
  while (true) {
    const ranking = await model.views(window, limit, category);
    const isExpected = JSON.stringify(ranking?.contents) === JSON.stringify(expected);
    if (ranking !== undefined && isExpected) return ranking;
    if (Date.now() > deadline) expect(ranking?.contents).toEqual(expected);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
};

const ranked = (...views: readonly number[]): readonly RankedContent[] =>
  views.map((count, index) => ({
    content: fresh() as ContentId,
    views: count,
    previousRank: index === 0 ? null : index,
  }));

const HOUR = 3_600_000;

/** A period that is under way. */
const period = (
  byCategory: PeriodRanking["byCategory"],
  more: Partial<PeriodRanking> = {},
): PeriodRanking => {
  const asOf = Date.now();
  const all = byCategory.flatMap(([, contents]) => contents);
  return { window: "day", asOf, from: asOf - HOUR, to: asOf + HOUR, all, byCategory, ...more };
};

/** An id that nobody has used; its number is at the end. */
const fresh = (): string => {
  made += 1;
  return `${OURS}-${made}`;
};

const freshStream = () => fresh() as StreamId;

/** Some contents have two homes. */
const checked = parseSchedule("8,16@2026-01-01T00Z");
if (checked.status === "refused") throw new Error(checked.reason);
export const SCHEDULE: ShardSchedule = checked.schedule;

const contentWithHome = (other?: number): { content: ContentId; home: number } => {
  while (true) {
    const content = fresh() as ContentId;
    const [home = Number.NaN, ...more] = homesOf(SCHEDULE, content);
    if (more.length === 0 && home !== other) return { content, home };
  }
};

const contentWithHomes = (): { content: ContentId; homes: readonly [number, number] } => {
  while (true) {
    const content = fresh() as ContentId;
    const [one, two] = homesOf(SCHEDULE, content);
    if (one !== undefined && two !== undefined) return { content, homes: [one, two] };
  }
};

/** Of one category unless said otherwise. */
const entries = (category: string, viewers: readonly number[]): readonly LiveEntry[] =>
  viewers.map((count) =>
    anEntry(freshStream(), { category, viewers: count, startedAt: Date.now(), asOf: Date.now() }),
  );

const idsOf = (listed: readonly LiveEntry[]) => listed.map(({ stream }) => stream);

/** The promises of the port `ReadModel`, for any adapter of it. */
export const readModelContract = (open: () => ReadModelWorld): void => {
  describe("contents", () => {
    test("a number is the sum of the parts of all its homes, as of the oldest of them", async () => {
      const { model, setViews } = open();
      const before = Date.now();
      const one = contentWithHome();
      const two = contentWithHomes();
      await setViews(one.content, one.home, 5);
      await setViews(two.content, two.homes[0], 30);
      await setViews(two.content, two.homes[1], 12);
      const counts = await model.counts([one.content, two.content]);
      expect(counts.get(one.content)?.views).toBe(5);
      expect(counts.get(two.content)?.views).toBe(42);
      for (const { asOf } of counts.values()) {
        expect(asOf).toBeGreaterThanOrEqual(before);
        expect(asOf).toBeLessThanOrEqual(Date.now());
      }
    });

    test("while a part cannot be had the content is absent, and the others are told all the same", async () => {
      const { model, setViews, lose } = open();
      const torn = contentWithHomes();
      const [kept, lost] = torn.homes;
      const whole = contentWithHome(lost);
      lose(lost);
      await setViews(torn.content, kept, 7);
      await setViews(torn.content, lost, 7);
      await setViews(whole.content, whole.home, 3);
      const counts = await model.counts([torn.content, whole.content]);
      expect(counts.has(torn.content)).toBe(false);
      expect(counts.get(whole.content)?.views).toBe(3);
    });

    test("a number falls when its Tally says so", async () => {
      const { model, setViews } = open();
      const { content, home } = contentWithHome();
      for (const views of [40, 8, 9]) {
        await setViews(content, home, views);
        expect((await model.counts([content])).get(content)?.views).toBe(views);
      }
    });

    test("one that nobody counted has no number but 0, however often it is asked for", async () => {
      const { model } = open();
      const { content } = contentWithHome();
      for (let i = 0; i < 2; i += 1) {
        expect((await model.counts([content])).get(content)?.views ?? 0).toBe(0);
      }
    });

    test("a hundred are told at once, each its own; of none there is nothing to ask", async () => {
      const { model, setViews } = open();
      const contents = Array.from({ length: 100 }, () => contentWithHome());
      for (const [index, { content, home }] of contents.entries()) {
        await setViews(content, home, index + 1);
      }
      const counts = await model.counts(contents.map(({ content }) => content));
      expect(contents.map(({ content }) => counts.get(content)?.views)).toEqual(
        contents.map((_, index) => index + 1),
      );
      expect((await model.counts([])).size).toBe(0);
    });
  });

  describe("streams", () => {
    test("a stream's numbers are those of its room", async () => {
      const { model, watch } = open();
      const said = await watch(freshStream(), 3);
      const told = await model.stream(said.stream);
      expect(told).toEqual({ ...said, asOf: told?.asOf, stamp: told?.stamp });
      expect(told?.asOf).toBeGreaterThanOrEqual(said.asOf);
      expect(`${told?.stamp}` >= said.stamp).toBe(true);
      expect(said.viewers).toBe(3);
    });

    test("one that ended is told with its last numbers", async () => {
      const { model, watch, end } = open();
      const said = await watch(freshStream(), 2);
      await end(said.stream);
      const told = await model.stream(said.stream);
      expect(told).toMatchObject({ status: "ended", viewers: 0, peak: said.peak });
    });

    test("of one that never was there is nothing", async () => {
      expect(await open().model.stream(freshStream())).toBeUndefined();
    });
  });

  describe("the list of live streams", () => {
    test("the most viewers come first, then the youngest stream, with every field of theirs", async () => {
      const { model, list } = open();
      const [many, old, young, few] = entries(fresh(), [30, 20, 20, 0]) as [
        LiveEntry,
        LiveEntry,
        LiveEntry,
        LiveEntry,
      ];
      const older = { ...old, startedAt: young.startedAt - 60_000 };
      const full = { ...many, status: "syncing" as const, peak: 31, total: 99, uniqueToday: 44 };
      for (const entry of [few, older, full, young]) await list(entry);
      const listed = await eventuallyListed(
        model,
        full.category ?? "",
        idsOf([full, young, older, few]),
      );
      const { samples: _, days: __, ...numbers } = full;
      expect(listed[0]).toEqual(numbers);
    });

    test("a category's list has its own streams alone, that of all has every one, also those without category", async () => {
      const { model, list } = open();
      const [games, music] = [fresh(), fresh()];
      const listed = [...entries(games, [2_000_004, 2_000_002]), ...entries(music, [2_000_003])];
      const without = anEntry(freshStream(), {
        ...{ category: null, viewers: 2_000_001, startedAt: Date.now(), asOf: Date.now() },
      });
      for (const entry of [...listed, without]) await list(entry);
      const [most, least, middle] = idsOf(listed) as [StreamId, StreamId, StreamId];
      await eventuallyListed(model, games, [most, least]);
      await eventuallyListed(model, music, [middle]);
      await eventuallyListed(model, fresh(), []);
      const { streams } = await model.live(100);
      const ours = streams.map(({ stream }) => stream);
      const own = ours.filter((stream) => [...idsOf(listed), without.stream].includes(stream));
      expect(own).toEqual([most, middle, least, without.stream]);
    });

    test("no more are told than asked for, the first ones", async () => {
      const { model, list } = open();
      const listed = entries(fresh(), [5, 4, 3]);
      for (const entry of listed) await list(entry);
      await eventuallyListed(model, listed[0]?.category ?? "", idsOf(listed));
      await eventuallyListed(model, listed[0]?.category ?? "", idsOf(listed).slice(0, 2), 2);
    });

    test("streams that ended are not told, nor those not heard of for a minute", async () => {
      const { model, list } = open();
      const [lives, ends, silent] = entries(fresh(), [1, 2, 3]) as [
        LiveEntry,
        LiveEntry,
        LiveEntry,
      ];
      for (const entry of [lives, ends]) await list(entry);
      await list({ ...silent, asOf: Date.now() - 60_000 });
      await eventuallyListed(model, lives.category ?? "", idsOf([ends, lives]));
      await list({ ...ends, status: "ended", viewers: 0, stamp: stamp(1, 2) });
      await eventuallyListed(model, lives.category ?? "", [lives.stream]);
    });

    test("a stream that changes its category leaves the other's list", async () => {
      const { model, list } = open();
      const [from, to] = [fresh(), fresh()];
      const [moves, stays] = entries(from, [2, 1]) as [LiveEntry, LiveEntry];
      for (const entry of [moves, stays]) await list(entry);
      await eventuallyListed(model, from, [moves.stream, stays.stream]);
      await list({ ...moves, category: to, stamp: stamp(1, 2) });
      await eventuallyListed(model, from, [stays.stream]);
      await eventuallyListed(model, to, [moves.stream]);
    });

    test("of a stream the entry with the larger stamp is told, whichever came last", async () => {
      const { model, list } = open();
      const [entry] = entries(fresh(), [1]) as [LiveEntry];
      await list({ ...entry, viewers: 5, stamp: stamp(2, 1) });
      await list({ ...entry, viewers: 900, stamp: stamp(1, 9) });
      const [told] = await eventuallyListed(model, entry.category ?? "", [entry.stream]);
      expect(told?.viewers).toBe(5);
      await list({ ...entry, status: "ended", viewers: 0, stamp: stamp(2, 3) });
      await list({ ...entry, viewers: 6, stamp: stamp(2, 2) });
      await eventuallyListed(model, entry.category ?? "", []);
    });
  });

  describe("the most viewed contents", () => {
    test("a period's list is told in its order with every field, that of a category its own", async () => {
      const world = open();
      const [games, music] = [fresh(), fresh()];
      const [played, heard] = [ranked(9, 7, 7), ranked(8, 1)];
      const all = [...played, ...heard].toSorted((a, b) => b.views - a.views);
      const told = period(
        [
          [games, played],
          [music, heard],
        ],
        { all },
      );
      await world.rankPeriod(told);
      const { asOf, from, to } = told;
      const ranking = await eventuallyRanked(world, "day", games, played);
      expect(ranking).toEqual({ window: "day", asOf, from, to, contents: played });
      await eventuallyRanked(world, "day", music, heard);
      expect((await world.model.views("day", 100))?.contents).toEqual(all);
    });

    test("no more are told than asked for, the first ones", async () => {
      const world = open();
      const category = fresh();
      const contents = ranked(5, 4, 3);
      await world.rankPeriod(period([[category, contents]]));
      await eventuallyRanked(world, "day", category, contents.slice(0, 2), 2);
    });

    test("the last hour's list has places, and those of the hour before", async () => {
      const world = open();
      const [category, now] = [fresh(), Date.now()];
      const [rises, falls, begins] = [fresh(), fresh(), fresh()] as ContentId[] as [
        ContentId,
        ContentId,
        ContentId,
      ];
      const slots: readonly SlotViews[] = [
        { content: begins, category, views: 1, before: 0 },
        { content: falls, category, views: 3, before: 50 },
        { content: rises, category, views: 20, before: 4 },
      ];
      const told = { shard: 0, stamp: stamp(1, now), asOf: now, slot: slotOf(now) };
      await world.rankHour({ ...told, contents: slots });
      const ranking = await eventuallyRanked(world, "realtime", category, [
        { content: rises, views: 20, previousRank: 2 },
        { content: falls, views: 3, previousRank: 1 },
        { content: begins, views: 1, previousRank: null },
      ]);
      expect(ranking.asOf).toBe(now);
      expect(ranking.to - ranking.from).toBe(HOUR);
    });

    test("in a category that nobody viewed there is nothing", async () => {
      const world = open();
      await world.rankPeriod(period([[fresh(), ranked(1)]]));
      for (const window of ["day", "realtime"] as const) {
        expect((await world.model.views(window, 100, fresh()))?.contents ?? []).toEqual([]);
      }
    });

    test("a period that is over is not told", async () => {
      const world = open();
      const category = fresh();
      const over = { window: "week", to: Date.now() } as const;
      await world.rankPeriod(period([[category, ranked(3)]], over));
      expect(await world.model.views("week", 100)).toBeUndefined();
      expect(await world.model.views("week", 100, category)).toBeUndefined();
    });

    test("of two lists the one as of later is told, whichever came last", async () => {
      const world = open();
      const category = fresh();
      const [older, newer] = [ranked(3), ranked(2)];
      const asOf = Date.now();
      const window = "month";
      await world.rankPeriod(period([[category, newer]], { window, asOf }));
      await world.rankPeriod(period([[category, older]], { window, asOf: asOf - 1 }));
      await eventuallyRanked(world, window, category, newer);
      await world.rankPeriod(period([[category, older]], { window, asOf: asOf + 1 }));
      await eventuallyRanked(world, window, category, older);
    });
  });
};
