import type { Span } from "../core/statistics/plan.ts";

/** @returns nothing, unasked, where no rows are wanted */
export const spanned = async <Row>(
  span: Span | undefined,
  read: (from: number, to: number) => Promise<readonly Row[]>,
): Promise<readonly Row[]> => (span === undefined ? [] : read(span.from, span.to));
