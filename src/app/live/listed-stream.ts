import type { CurrentViewers, StreamDay, ViewerSample } from "../../ports/database.ts";
import type { ListedStream } from "../../ports/rankings-store.ts";
import type { LiveEntry, LiveNumbers, SavedThrough } from "../../protocol/room-rpc.ts";

/** Shared by all that have none, of which there are many. */
const NONE: readonly [] = [];

/** Whether a flush would write something of it. */
export const isUnsaved = ({ entry, saved, savedStamp }: ListedStream): boolean => {
  if (savedStamp !== undefined && entry.stamp <= savedStamp) return false;
  if (entry.status !== "syncing" || entry.days.length > 0) return true;
  return lastSampleOf(entry) > saved.sampledThrough;
};

export const numbersOf = ({ samples: _, days: __, ...numbers }: LiveEntry): LiveNumbers => numbers;

export interface StreamRows {
  readonly samples: readonly ViewerSample[];
  readonly days: readonly StreamDay[];
  /** None while the stream is syncing: the number is held, and the next entry has the right one. */
  readonly current: readonly CurrentViewers[];
}

/** What a flush writes of it. */
export const rowsOf = ({ entry, saved }: ListedStream): StreamRows => {
  const { stream, broadcaster, stamp, samples, days, status } = entry;
  const whose = { stream, broadcaster, stamp };
  return {
    samples: samples
      .filter(({ recordedAt }) => recordedAt > saved.sampledThrough)
      .map((sample) => ({ ...sample, ...whose })),
    days: days.map((day) => ({ ...day, ...whose })),
    current: status === "syncing" ? [] : [numbersOf(entry)],
  };
};

/**
 * What remains to be kept when the rows of an entry were written: where none has come since, its samples and days need
 * not be held any longer.
 * @param written the entry as it was read; the list may have a later one by now
 */
export const whenWritten = (listed: ListedStream, written: LiveEntry): ListedStream => {
  const isLast = listed.entry.stamp === written.stamp;
  const isWhole = written.status !== "syncing";
  return {
    entry: isLast ? { ...written, samples: NONE, days: NONE } : listed.entry,
    saved: {
      asOf: isWhole ? written.asOf : listed.saved.asOf,
      sampledThrough: Math.max(listed.saved.sampledThrough, lastSampleOf(written)),
    },
    savedStamp: written.stamp,
  };
};

/** The oldest that is not saved: what is called saved of samples never goes past one that is not. */
export const withOneSample = (entry: LiveEntry, { sampledThrough }: SavedThrough): LiveEntry => ({
  ...entry,
  samples: entry.samples.filter(({ recordedAt }) => recordedAt > sampledThrough).slice(0, 1),
});

const lastSampleOf = ({ samples }: LiveEntry): number => samples.at(-1)?.recordedAt ?? 0;
