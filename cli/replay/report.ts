/** A replay, for people. */
import { grouped } from "../move/progress.ts";
import type { Account, Reason } from "./account.ts";
import type { Settled } from "./settle.ts";

const REASONS: readonly (readonly [Reason, string])[] = [
  ["bot", "bot: it names itself a program, nothing, or nonsense"],
  ["prefetch", "prefetch: read ahead"],
  ["not a page: method", "not a page: no GET"],
  ["not a page: status", "not a page: neither 200 nor 304"],
  ["not a page: asset", "not a page: an asset, by its extension"],
  ["not a page: pattern", "not a page: by --include, --exclude or --content"],
  ["not a page: elsewhere", "not a page: no path of this site"],
  ["too old", "too old: nobody can correct its hour any more"],
  ["in the future", "in the future"],
  ["malformed", "malformed: no line of an access log"],
];

/** What the rules find in the log by itself, a line each reason, and the first malformed lines. */
export const describeAccount = (account: Account): string => {
  const { counted, duplicates } = account.folded;
  const rows: readonly (readonly [number, string])[] = [
    [counted, "counted, by the rules of counting applied here"],
    [duplicates, "duplicate: the same visitor and page less than 60 s away"],
    ...REASONS.map(([reason, text]) => [account.droppedFor(reason), text] as const),
  ];
  const shown = rows.filter(([count], index) => index === 0 || count > 0);
  const width = Math.max(...shown.map(([count]) => grouped(count).length));
  return [
    `${grouped(account.lines)} lines:`,
    ...shown.map(([count, text]) => `  ${grouped(count).padStart(width)}  ${text}`),
    ...account.malformed.map(({ where, text }) => `  ${where}: ${printable(text)}`),
  ].join("\n");
};

/** Nobody's log gives orders to a terminal. */
const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\uFFFD");

export interface SentReport {
  readonly accepted: number;
  readonly refused: ReadonlyMap<string, number>;
}

export const describeSent = ({ accepted, refused }: SentReport): string =>
  [
    `${grouped(accepted)} events sent, which the service has on disk`,
    ...Array.from(refused, ([reason, count]) => `${grouped(count)} refused: ${reason}`),
  ].join("\n");

export const describeSettled = ({ before, after, hours, left, trouble }: Settled): string => {
  const found = `corrected ${grouped(hours)} hours: ${grouped(before)} views before, ${grouped(after)} after`;
  if (left === 0) return found;
  const why = trouble === undefined ? "" : ` (${trouble})`;
  return `${found}\n${grouped(left)} hours are not done${why}: the service goes on by itself, every hour`;
};
