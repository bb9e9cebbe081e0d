/** What a search came to, in lines. */
import type { CanaryReport } from "../canary.ts";
import type { Leak } from "./search.ts";

type Line = readonly [string, string | number];

const total = (numbers: Iterable<number>): number => [...numbers].reduce((sum, it) => sum + it, 0);

export const linesOf = ({ marks, statuses, bytes, planted, missed }: CanaryReport): Line[] => [
  ["marks", marks],
  ["requests", total(statuses.values())],
  ...[...statuses]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]): Line => [`answered ${status === 0 ? "not at all" : status}`, count]),
  ...[...bytes].map(([place, size]): Line => [`bytes of ${place}`, size]),
  ["planted", planted],
  ["planted and found", planted - missed.length],
];

/** @returns nothing when it holds */
export const complaintsOf = ({ leaks, missed, planted, statuses }: CanaryReport): string[] => [
  ...leaks.map(textOf),
  ...missed.map((one) => `planted and not found, ${one}`),
  ...(planted === 0 ? ["nothing was planted"] : []),
  // Views that counted, and requests refused for every reason there is: or there was nothing to write.
  ...[200, 202, 400, 401, 404].flatMap((status) =>
    statuses.has(status) ? [] : [`no answer was ${status}`],
  ),
];

export const textOf = ({ kind, place, name, encoding, packed, excerpt }: Leak): string =>
  `${kind} in ${place}, ${name} (${encoding}${packed ? ", gzip" : ""}): ${excerpt}`;
