/** The pure part of showing numbers. */
import { ID_PATTERN } from "../core/ids.ts";
import { MAX_CONTENTS } from "./limits.ts";

/** @returns each id that is one, once, in groups of no more than the API takes */
export const inBatches = (ids: readonly string[]): readonly string[][] => {
  const wanted = [...new Set(ids)].filter((id) => ID_PATTERN.test(id));
  return wanted[0] ? [wanted.splice(0, MAX_CONTENTS), ...inBatches(wanted)] : [];
};

/**
 * @param language of the text around the number
 * @param notation what `data-headcount-format` says: `compact` or nothing
 */
export const formatNumber = (number: number, language?: string, notation?: string): string => {
  try {
    return number.toLocaleString(language, { notation: notation as "compact" | undefined });
  } catch {
    return `${number}`; // a language or notation that is none
  }
};
