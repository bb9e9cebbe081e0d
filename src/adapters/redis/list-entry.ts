/** A stream as the list of live streams has it in Redis. */
import * as v from "valibot";
import type { StreamId } from "../../core/ids.ts";
import type { LiveNumbers } from "../../protocol/room-rpc.ts";
import { StampText, Whole } from "./stored.ts";

/**
 * What the scripts read of an entry: stamp, category (empty for none) and asOf stand first in its JSON. A pattern costs
 * less there than decoding the whole, and does not turn numbers into Lua's.
 */
export const ENTRY_LUA = `'^{"stamp":"([0-9a-z]+%-[0-9a-z]+)","category":"([%w_%-]*)","asOf":(%d+),'`;

export const writeEntry = (numbers: LiveNumbers): string => {
  const { stamp, category, asOf, stream, broadcaster, status, viewers, peak, total } = numbers;
  const { uniqueToday, startedAt } = numbers;
  const first = { stamp, category: category ?? "", asOf };
  const rest = { stream, broadcaster, status, viewers, peak, total, uniqueToday, startedAt };
  return JSON.stringify({ ...first, ...rest });
};

const Entry = v.object({
  stamp: StampText,
  category: v.pipe(
    v.string(),
    v.transform((id) => (id === "" ? null : id)),
  ),
  asOf: Whole,
  stream: v.pipe(
    v.string(),
    v.transform((id) => id as StreamId),
  ),
  broadcaster: v.string(),
  status: v.picklist(["live", "syncing"]),
  viewers: Whole,
  peak: Whole,
  total: Whole,
  uniqueToday: Whole,
  startedAt: Whole,
});

/** @returns nothing when it cannot be read, or is not to be listed */
export const readEntry = (text: unknown): LiveNumbers | undefined => {
  if (typeof text !== "string") return undefined;
  try {
    const read = v.safeParse(Entry, JSON.parse(text));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
};

/** More viewers than this are in order of youth alone. */
const MOST_VIEWERS = 2 ** 21 - 1;

const SECONDS_RANGE = 2 ** 32;

/**
 * The most viewers first, then the youngest: the number of viewers above the second of the start, which together is the
 * largest number that a score holds exactly.
 */
export const scoreOf = ({ viewers, startedAt }: LiveNumbers): number => {
  const seconds = Math.min(Math.floor(startedAt / 1_000), SECONDS_RANGE - 1);
  return Math.min(viewers, MOST_VIEWERS) * SECONDS_RANGE + seconds;
};
