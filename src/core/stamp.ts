/**
 * What makes an absolute value safe to write again: whoever stores a cell keeps the value with the larger stamp.
 * `generation` is minted when an object's storage is born, `version` counts within it; as text they sort as they compare.
 */

declare const brand: unique symbol;
export type Stamp = string & { readonly [brand]: "stamp" };

/** 36^9 ms after 1970 is the year 5188; 36^11 exceeds the largest safe integer. */
const GENERATION_DIGITS = 9;
const VERSION_DIGITS = 11;

/**
 * @param generation unix time in ms at which the object's storage was born
 * @param version position within the generation, a safe integer >= 0
 */
export const stamp = (generation: number, version: number): Stamp =>
  `${base36(generation, GENERATION_DIGITS)}-${base36(version, VERSION_DIGITS)}` as Stamp;

export interface StampParts {
  readonly generation: number;
  readonly version: number;
}

/** What a stamp was made of. */
export const readStamp = (text: Stamp): StampParts => {
  const [generation = "", version = ""] = text.split("-");
  return { generation: Number.parseInt(generation, 36), version: Number.parseInt(version, 36) };
};

const base36 = (value: number, digits: number): string => value.toString(36).padStart(digits, "0");
