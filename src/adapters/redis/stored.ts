/** Texts as the read model keeps them. Another version, or somebody else, may have written what is there. */
import * as v from "valibot";
import type { Stamp } from "../../core/stamp.ts";

const STAMP = /^[0-9a-z]{9}-[0-9a-z]{11}$/;

export const StampText = v.pipe(
  v.string(),
  v.regex(STAMP),
  v.transform((text) => text as Stamp),
);

/** A number of something, or ms: whole, not negative, exact. */
export const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const WholeText = v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number), Whole);

/** @returns undefined when it is none */
export const readStampText = (value: unknown): Stamp | undefined => {
  const read = v.safeParse(StampText, value);
  return read.success ? read.output : undefined;
};
