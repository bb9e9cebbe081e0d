/** Streams of the list as its pages have them: flat, so that what an earlier version wrote without the marks can be read too. */
import * as v from "valibot";
import type { StreamId } from "../../core/ids.ts";
import type { Stamp } from "../../core/stamp.ts";
import { type ListedStream, NOTHING_SAVED } from "../../ports/rankings-store.ts";

const Stamped = v.pipe(
  v.string(),
  v.transform((text) => text as Stamp),
);

const Sample = v.object({ recordedAt: v.number(), viewers: v.number(), peak: v.number() });

const Day = v.object({
  day: v.number(),
  peak: v.number(),
  uniques: v.number(),
  sessions: v.number(),
  watchedSeconds: v.number(),
  liveSeconds: v.number(),
});

/** What is missing of samples, days and marks the room tells again, and a flush writes again. */
const Listed = v.object({
  stream: v.pipe(
    v.string(),
    v.transform((text) => text as StreamId),
  ),
  broadcaster: v.string(),
  category: v.nullable(v.string()),
  status: v.picklist(["live", "syncing", "ended"]),
  viewers: v.number(),
  peak: v.number(),
  total: v.number(),
  uniqueToday: v.number(),
  startedAt: v.number(),
  asOf: v.number(),
  stamp: Stamped,
  samples: v.fallback(v.array(Sample), []),
  days: v.fallback(v.array(Day), []),
  saved: v.fallback(v.object({ asOf: v.number(), sampledThrough: v.number() }), NOTHING_SAVED),
  savedStamp: v.fallback(v.optional(Stamped), undefined),
});

/** @returns texts of about `chars` at most, each the JSON of an array */
export function* writeListedStreams(
  streams: readonly ListedStream[],
  chars: number,
): Generator<string> {
  let texts: string[] = [];
  let length = 0;
  for (const { entry, saved, savedStamp } of streams) {
    const text = JSON.stringify({ ...entry, saved, savedStamp });
    if (length > 0 && length + text.length > chars) {
      yield `[${texts.join(",")}]`;
      texts = [];
      length = 0;
    }
    texts.push(text);
    length += text.length;
  }
  if (texts.length > 0) yield `[${texts.join(",")}]`;
}

/** What another version wrote and this one cannot read is left out: the rooms publish again. */
export const readListedStreams = (text: string): readonly ListedStream[] => {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.flatMap(readOne) : [];
  } catch {
    return [];
  }
};

const readOne = (value: unknown): readonly ListedStream[] => {
  const read = v.safeParse(Listed, value);
  if (!read.success) return [];
  const { saved, savedStamp, ...entry } = read.output;
  return [{ entry, saved, savedStamp }];
};
