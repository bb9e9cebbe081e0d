/** Dates of the calendar, in no time zone, as whole days since 1970-01-01: so they can be counted with. */
import { DAY_MS } from "./limits.ts";

/** @returns days since 1970-01-01; `undefined` when the text is no `2026-11-21`, or of no such day */
export const parseDate = (text: string): number | undefined => {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const date = dateOfNumber(Number(text.replaceAll("-", "")));
  return dateName(date) === text ? date : undefined;
};

/** `2026-11-21` */
export const dateName = (date: number): string =>
  new Date(date * DAY_MS).toISOString().slice(0, 10);

/** As tables have it: 20261121. */
export const dateNumber = (date: number): number => Number(dateName(date).replaceAll("-", ""));

export const dateOfNumber = (number: number): number =>
  Date.UTC(Math.floor(number / 10_000), (Math.floor(number / 100) % 100) - 1, number % 100) /
  DAY_MS;
