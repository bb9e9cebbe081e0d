/** What the tables have of a stream or of a broadcaster. */
import type { StreamId } from "../../core/ids.ts";
import type { HistoryPlan } from "../../core/statistics/live-plan.ts";
import type { HistoryRows } from "../../core/statistics/viewing.ts";
import type { CurrentViewers } from "../../ports/database.ts";
import type { ReadTables } from "../../ports/database-readers.ts";
import { spanned } from "../spanned.ts";

export type HistorySubject =
  | { readonly kind: "stream"; readonly id: StreamId }
  | { readonly kind: "broadcaster"; readonly id: string };

/** The last numbers that were saved of a stream: of one that has ended those of its end. */
export type LastNumbers = Pick<
  CurrentViewers,
  "status" | "viewers" | "peak" | "total" | "startedAt" | "asOf"
>;

export const isRegistered = async (
  { registry }: ReadTables,
  { kind, id }: HistorySubject,
): Promise<boolean> => {
  const found = kind === "stream" ? registry.stream(id) : registry.broadcaster(id);
  return (await found) !== undefined;
};

export const readRows = async (
  { streams }: ReadTables,
  { kind, id }: HistorySubject,
  { rows }: HistoryPlan,
): Promise<HistoryRows> => {
  const [samples, days] = await Promise.all([
    spanned(rows.samples, (from, to) =>
      kind === "stream" ? streams.history(id, from, to) : streams.broadcasterHistory(id, from, to),
    ),
    spanned(rows.days, (from, to) =>
      kind === "stream" ? streams.days(id, from, to) : streams.broadcasterDays(id, from, to),
    ),
  ]);
  return { samples, days };
};

export const readCurrent = async (
  { streams }: ReadTables,
  { kind, id }: HistorySubject,
): Promise<{ readonly current?: LastNumbers }> => {
  if (kind !== "stream") return {};
  const [row] = await streams.currents([id]);
  if (row === undefined) return {};
  const { status, viewers, peak, total, startedAt, asOf } = row;
  return { current: { status, viewers, peak, total, startedAt, asOf } };
};
