/** Holds what stands in tables against the model. */
import { expect } from "vitest";
import type {
  CurrentViewers,
  StreamDay,
  ViewerSample,
  ViewerSession,
} from "../../src/ports/database.ts";
import type { ModelStream } from "./live-day-model.ts";
import type { StreamPlan } from "./live-day-plan.ts";

/** Rows of one stream; samples, days and sessions in any order. */
export interface StoredStream {
  readonly samples: readonly ViewerSample[];
  readonly days: readonly StreamDay[];
  readonly sessions: readonly Omit<ViewerSession, "stamp">[];
  readonly current: CurrentViewers | undefined;
}

const utcDay = (at: number): number =>
  Number(new Date(at).toISOString().slice(0, 10).replaceAll("-", ""));

/** Everything but stamps and names of sessions, which nobody can know beforehand. */
export const expectStored = (plan: StreamPlan, model: ModelStream, stored: StoredStream): void => {
  const whose = { stream: plan.stream, broadcaster: plan.broadcaster };
  const without = <Row extends { readonly stamp?: unknown }>({ stamp: _, ...row }: Row) => row;
  expect(stored.samples.map(without).toSorted((a, b) => a.recordedAt - b.recordedAt)).toEqual(
    model.samples.map((sample) => ({ ...whose, ...sample })),
  );
  expect(stored.days.map(without).toSorted((a, b) => a.day - b.day)).toEqual(
    model.days.map((day) => ({ ...whose, ...day })),
  );
  const { current } = stored;
  expect(current && without(current)).toEqual({
    ...{ ...whose, category: plan.category, status: "ended", viewers: 0, ...model.last },
    uniqueToday: model.uniquesOfDayOf(current?.asOf ?? 0),
    asOf: current?.asOf,
  });
  expectSessions(
    model,
    stored.sessions.toSorted((a, b) => a.startedAt - b.startedAt),
  );
};

/** Keys stand for visitors: one for each, and for no other. */
const expectSessions = (model: ModelStream, sessions: StoredStream["sessions"]): void => {
  expect(
    sessions.map(({ startedDay, startedAt, endedAt }) => ({ startedDay, startedAt, endedAt })),
  ).toEqual(
    model.sessions.map(({ startedAt, endedAt }) => {
      return { startedDay: utcDay(startedAt), startedAt, endedAt };
    }),
  );
  expect(new Set(sessions.map(({ session }) => session)).size).toBe(sessions.length);
  const pairs = new Set(
    sessions.map(({ visitor }, i) => `${visitor} ${model.sessions[i]?.visitor}`),
  );
  expect(pairs.size).toBe(new Set(sessions.map(({ visitor }) => visitor)).size);
  expect(pairs.size).toBe(new Set(model.sessions.map(({ visitor }) => visitor)).size);
};
