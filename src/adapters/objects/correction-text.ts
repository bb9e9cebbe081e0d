import type { Correction, HeldNumbers } from "../../ports/room-store.ts";

/** @returns `undefined` for what no version of this code has written: no number is held for it */
export const readCorrection = (text: string | undefined): Correction | undefined => {
  const { tier, held, askedAt, ...times } = parse(text);
  const { since, before, counted, nextAt, deadline } = times;
  if (!isWhole(since) || !isWhole(before) || !isWhole(counted)) return undefined;
  if (!isWhole(nextAt) || !isWhole(deadline)) return undefined;
  const common = { since, before, counted, nextAt, deadline };
  if (tier === "batches") return { ...common, tier, held: null, askedAt: null };
  const numbers = readHeld(held);
  if ((tier !== "hold" && tier !== "census") || numbers === undefined) return undefined;
  return { ...common, tier, held: numbers, askedAt: isWhole(askedAt) ? askedAt : null };
};

const readHeld = (held: unknown): HeldNumbers | undefined => {
  const { viewers, peak, total, uniqueToday }: Readonly<Record<string, unknown>> = Object(held);
  if (!isWhole(viewers) || !isWhole(peak) || !isWhole(total) || !isWhole(uniqueToday)) {
    return undefined;
  }
  return { viewers, peak, total, uniqueToday };
};

const parse = (text = ""): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
};

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
