import { describe, expect, test } from "vitest";
import { modelStream } from "../../support/live-day-model.ts";
import {
  naturalEnd,
  type PlannedDay,
  type StreamPlan,
  type Visit,
} from "../../support/live-day-plan.ts";
import { makeTimeline } from "../../support/live-day-timeline.ts";

/** Minutes and seconds from midnight, ms. */
const at = (minute: number, second = 0): number =>
  Date.UTC(2026, 10, 21) + (minute * 60 + second) * 1_000;

const DAYS: readonly PlannedDay[] = [
  { day: 20_261_120, from: at(-1_440), to: at(0) },
  { day: 20_261_121, from: at(0), to: at(1_440) },
];

const visit = (visitor: string, from: number, to: number, more: Partial<Visit> = {}): Visit => ({
  ...{ visitor, from, to, way: "socket", role: "viewer", ends: "close" },
  ...more,
});

const plan = (more: Partial<StreamPlan>): StreamPlan => ({
  ...{ stream: "s", broadcaster: "b", category: null, visits: [], evictions: [] },
  spans: [{ from: at(1), to: at(21) }],
  ...more,
});

const model = (more: Partial<StreamPlan>, aliveAt = (when: number) => when) =>
  modelStream(plan(more), DAYS, aliveAt);

describe("the model, worked out by hand", () => {
  test("a viewer over the end of a window is in both windows, and in none in which nobody watched", () => {
    const { samples, days, sessions, last } = model({ visits: [visit("ann", at(3), at(7, 30))] });
    expect(samples).toEqual([
      { recordedAt: at(5), viewers: 1, peak: 1 },
      { recordedAt: at(10), viewers: 0, peak: 1 },
    ]);
    expect(days).toEqual([
      {
        ...{ day: 20_261_121, peak: 1, uniques: 1, sessions: 1 },
        ...{ watchedSeconds: 270, liveSeconds: 1_200 },
      },
    ]);
    expect(sessions).toEqual([{ visitor: "ann", startedAt: at(3), endedAt: at(7, 30) }]);
    expect(last).toEqual({ startedAt: at(1), peak: 1, total: 1 });
  });

  test("tabs that overlap are one viewer in one session; who comes back has another and is still one visitor", () => {
    const { samples, days, sessions } = model({
      visits: [
        visit("ann", at(2), at(4)),
        visit("ann", at(3), at(6)),
        visit("ann", at(7), at(8)),
        visit("bob", at(7, 30), at(8, 30)),
        visit("eve", at(2), at(9), { role: "observer" }),
      ],
    });
    expect(samples).toEqual([
      { recordedAt: at(5), viewers: 1, peak: 1 },
      { recordedAt: at(10), viewers: 0, peak: 2 },
    ]);
    expect(days).toMatchObject([{ peak: 2, uniques: 2, sessions: 3, watchedSeconds: 360 }]);
    expect(sessions.map(({ endedAt }) => endedAt)).toEqual([at(6), at(8), at(8, 30)]);
  });

  test("who falls silent is in the number for 50 s after the last ping, and the session ends with that", () => {
    // Pings at 2:00, 2:20 and 2:40.
    const { days, sessions } = model({
      visits: [visit("ann", at(2), at(2, 55), { ends: "silence" })],
    });
    expect(days).toMatchObject([{ watchedSeconds: 90 }]);
    expect(sessions).toEqual([{ visitor: "ann", startedAt: at(2), endedAt: at(2, 40) }]);
    const lease = model({ visits: [visit("ann", at(2), at(2, 55), { way: "lease" })] });
    expect(lease.sessions).toEqual(sessions);
    expect(lease.days).toEqual(days);
  });

  test("the end of the stream ends all, and samples what there was of the window; a restart there has a part of its own", () => {
    const { samples, days, last } = model({
      spans: [
        { from: at(1), to: at(7) },
        { from: at(8), to: at(12) },
      ],
      visits: [
        visit("ann", at(6), at(30)),
        visit("bob", at(6), at(6, 30)),
        visit("ann", at(9), at(30)),
        visit("late", at(12), at(13)),
      ],
    });
    expect(samples).toEqual([
      { recordedAt: at(7), viewers: 0, peak: 2 },
      { recordedAt: at(10), viewers: 1, peak: 1 },
      { recordedAt: at(12), viewers: 0, peak: 1 },
    ]);
    expect(days).toEqual([
      {
        ...{ day: 20_261_121, peak: 2, uniques: 2, sessions: 3 },
        ...{ watchedSeconds: 60 + 30 + 180, liveSeconds: 600 },
      },
    ]);
    expect(last).toEqual({ startedAt: at(8), peak: 1, total: 1 });
  });

  test("who is there at midnight is a visitor of both days, whose session is the first one's", () => {
    const { days, last, uniquesOfDayOf } = model({
      spans: [{ from: at(-10), to: at(10) }],
      visits: [
        visit("ann", at(-5), at(5)),
        visit("bob", at(-5), at(-1)),
        visit("bob", at(2), at(3)),
      ],
    });
    expect(days).toEqual([
      {
        ...{ day: 20_261_120, peak: 2, uniques: 2, sessions: 2 },
        ...{ watchedSeconds: 540, liveSeconds: 600 },
      },
      {
        ...{ day: 20_261_121, peak: 2, uniques: 2, sessions: 1 },
        ...{ watchedSeconds: 360, liveSeconds: 600 },
      },
    ]);
    expect(last.total).toBe(4);
    expect(uniquesOfDayOf(at(-1))).toBe(2);
  });

  test("sockets that are dropped are gone from the room's last sign of life on; leases and hibernated sockets stay", () => {
    const visits = [
      visit("ann", at(2), at(9), { ends: "silence" }),
      visit("bob", at(2), at(9), { way: "lease" }),
    ];
    const dropped = model(
      { visits, evictions: [{ at: at(4), sockets: "drop" }] },
      (when) => when - 7_000,
    );
    expect(dropped.sessions).toEqual([
      { visitor: "ann", startedAt: at(2), endedAt: at(3, 53) },
      { visitor: "bob", startedAt: at(2), endedAt: at(9) },
    ]);
    const atOnce = model({ visits, evictions: [{ at: at(2, 10), sockets: "drop" }] }, () => at(2));
    expect(atOnce.samples[0]).toEqual({ recordedAt: at(5), viewers: 1, peak: 2 });
    expect(atOnce.days).toMatchObject([{ uniques: 2, sessions: 2 }]);
    const asleep = model({ visits, evictions: [{ at: at(4), sockets: "hibernate" }] });
    expect(asleep.sessions.map(({ endedAt }) => endedAt)).toEqual([at(9), at(9)]);
  });
});

test("a made-up day is the same for the same seed, and has of everything that can happen", () => {
  const options = { streams: 50, broadcasters: 20, days: DAYS };
  const plans = makeTimeline({ ...options, seed: 3 });
  expect(makeTimeline({ ...options, seed: 3 })).toEqual(plans);
  expect(makeTimeline({ ...options, seed: 4 })).not.toEqual(plans);
  const visits = plans.flatMap((it) => it.visits);
  const evictions = plans.flatMap((it) => it.evictions);
  const silent = visits.filter(({ ends }) => ends === "silence");
  for (const some of [
    visits.filter(({ way }) => way === "lease"),
    visits.filter(({ role }) => role === "observer"),
    silent.filter(({ from, to }) => naturalEnd({ ...visit("a", from, to), ends: "silence" }) > to),
    evictions.filter(({ sockets }) => sockets === "drop"),
    evictions.filter(({ sockets }) => sockets === "hibernate"),
    plans.filter(({ spans }) => spans.length > 1),
    plans.filter((it) => it.visits.length > 20),
  ]) {
    expect(some.length).toBeGreaterThan(3);
  }
});
