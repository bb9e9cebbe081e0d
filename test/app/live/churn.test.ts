import { expect, test } from "vitest";
import { makeChurn } from "../../support/churn-timeline.ts";
import { modelStream } from "../../support/live-day-model.ts";
import { LiveWorld } from "../../support/live-world.ts";
import { MemoryStreamTables } from "../../support/memory-stream-tables.ts";
import { calendarOf } from "../../support/naive-calendar.ts";
import { ShownStreams } from "../../support/shown-streams.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FROM = Date.UTC(2026, 10, 21, 18);
const FLUSH_EVERY_MINUTES = 5;
/** The cron rings a little after the full minute. */
const FLUSH_AFTER_MS = 2_000;

const DAY = { day: 20_261_121, from: Date.UTC(2026, 10, 21), to: Date.UTC(2026, 10, 22) };

test("three hours of 1,000 viewers, of whom a tenth is exchanged each minute: at every flush the true number, the room's, the list's, the read model's and the database's are one", async () => {
  // The last flush is not that of the end.
  const minutes = 3 * 60 + 1;
  const churn = { seed: 7, viewers: 1_000, churn: 100, minutes, from: FROM };
  const plan = makeChurn({ ...churn, restMinutes: FLUSH_EVERY_MINUTES });
  const truth = modelStream(plan, [DAY], () => {
    throw new Error("nothing is dropped");
  });
  const tables = new MemoryStreamTables();
  const shown = new ShownStreams(() => world.now);
  const world: LiveWorld = new LiveWorld({
    plans: [plan],
    calendar: calendarOf("UTC"),
    from: FROM,
    tables,
    readModel: shown,
  });
  const [room] = world.rooms;
  const seen: object[] = [];
  for (let minute = FLUSH_EVERY_MINUTES; minute <= minutes; minute += FLUSH_EVERY_MINUTES) {
    await world.pass(FROM + minute * MINUTE + FLUSH_AFTER_MS);
    expect(await world.flush()).toMatchObject({ failures: 0 });
    const viewers = truth.viewersAt(world.now);
    const [listed] = world.list.live(1).streams;
    const { viewers: flushed } = tables.current.get(plan.stream) ?? {};
    seen.push({
      room: room?.viewers(world.now),
      listed: listed?.viewers ?? 0,
      shown: shown.row?.viewers,
      flushed,
    });
    expect(seen.at(-1)).toEqual({
      room: viewers,
      listed: viewers,
      shown: viewers,
      flushed: viewers,
    });
  }
  expect(seen).toHaveLength(36);
  expect(plan.visits.filter(({ ends }) => ends === "silence").length).toBeGreaterThan(3_000);
  expect(truth.viewersAt(FROM + HOUR)).toBeGreaterThan(1_000);
  expect(truth.sessions.length).toBeGreaterThan(15_000);
  // What is left to tell of the end is told within minutes.
  await world.pass(FROM + minutes * MINUTE + HOUR);
  await world.flush();
  expect(tables.current.get(plan.stream)).toMatchObject({
    status: "ended",
    viewers: 0,
    ...truth.last,
  });
  const unstamped = <Row extends object>(rows: Iterable<Row>) =>
    [...rows].map((row) => ({ ...row, stamp: "" }));
  const owned = { stream: plan.stream, broadcaster: plan.broadcaster, stamp: "" };
  expect(unstamped(tables.samples.values())).toEqual(
    truth.samples.map((sample) => ({ ...owned, ...sample })),
  );
  expect(unstamped(tables.days.values())).toEqual(truth.days.map((day) => ({ ...owned, ...day })));
  expect(tables.sessions.size).toBe(truth.sessions.length);
  // A call a second at the most, however many come and go.
  const times = shown.calls.map(({ at }) => at);
  expect(times.every((at, index) => index === 0 || at - (times[index - 1] ?? 0) >= 1_000)).toBe(
    true,
  );
  expect(shown.row).toMatchObject({ status: "ended", viewers: 0, ...truth.last });
  // Nothing had to be reconciled.
  expect([...tables.runs.values()]).toEqual([]);
  expect(room?.problems).toEqual([]);
});
