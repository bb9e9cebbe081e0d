/** Holds what stands in tables against the model. */
import { expect } from "vitest";
import type { ModelStream } from "./live-day-model.ts";
import type { StreamPlan } from "./live-day-plan.ts";

interface Session {
  readonly startedDay: number;
  readonly session: string;
  readonly stream: string;
  readonly visitor: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/** All rows, stamps aside: those are nobody's to know beforehand. In any order. */
export interface StoredRows {
  readonly samples: readonly { readonly stream: string; readonly recordedAt: number }[];
  readonly days: readonly { readonly stream: string; readonly day: number }[];
  readonly sessions: readonly Session[];
  readonly current: readonly { readonly stream: string; readonly asOf: number }[];
}

interface Expected {
  readonly plan: StreamPlan;
  readonly model: ModelStream;
}

/** Of each stream, and nothing of any other. */
export const expectStored = (expected: readonly Expected[], stored: StoredRows): void => {
  const samples = rowsOf(stored.samples, ({ recordedAt }) => recordedAt);
  const days = rowsOf(stored.days, ({ day }) => day);
  const sessions = rowsOf(stored.sessions, ({ startedAt }) => startedAt);
  const current = rowsOf(stored.current, () => 0);
  for (const { plan, model } of expected) {
    const { stream, broadcaster, category } = plan;
    const owned = (rows: readonly object[]) => rows.map((row) => ({ stream, broadcaster, ...row }));
    expect(samples(stream)).toEqual(owned(model.samples));
    expect(days(stream)).toEqual(owned(model.days));
    const [{ asOf } = { asOf: 0 }] = current(stream);
    const uniqueToday = model.uniquesOfDayOf(asOf);
    const last = { ...model.last, category, status: "ended", viewers: 0, uniqueToday, asOf };
    expect(current(stream)).toEqual(owned([last]));
    expectSessions(model, sessions(stream));
  }
  const known = new Set(expected.map(({ plan }) => plan.stream));
  for (const rows of Object.values(stored)) {
    expect(rows.every((row: { readonly stream: string }) => known.has(row.stream))).toBe(true);
  }
};

const rowsOf = <Row extends { readonly stream: string }>(
  rows: readonly Row[],
  order: (row: Row) => number,
) => {
  const byStream = Map.groupBy(rows, ({ stream }) => stream);
  return (stream: string): readonly Row[] =>
    (byStream.get(stream) ?? []).toSorted((a, b) => order(a) - order(b)).map(unstamped);
};

const unstamped = <Row extends object>(row: Row): Row => {
  const copy: Row & { stamp?: unknown } = { ...row };
  delete copy.stamp;
  return copy;
};

/** Keys stand for visitors: one for each, and for no other. */
const expectSessions = (model: ModelStream, sessions: readonly Session[]): void => {
  expect(
    sessions.map(({ startedDay, startedAt, endedAt }) => ({ startedDay, startedAt, endedAt })),
  ).toEqual(
    model.sessions.map(({ startedAt, endedAt }) => {
      return { startedDay: utcDay(startedAt), startedAt, endedAt };
    }),
  );
  const sizes = [
    new Set(sessions.map(({ visitor }) => visitor)),
    new Set(model.sessions.map(({ visitor }) => visitor)),
    new Set(sessions.map(({ visitor }, i) => `${visitor} ${model.sessions[i]?.visitor}`)),
  ].map(({ size }) => size);
  expect(new Set(sizes).size).toBe(1);
  expect(new Set(sessions.map(({ session }) => session)).size).toBe(sessions.length);
};

const utcDay = (at: number): number =>
  Number(new Date(at).toISOString().slice(0, 10).replaceAll("-", ""));
