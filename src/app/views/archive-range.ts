import { formatEventId } from "../../core/views/event-id.ts";
import { hourOf } from "../../core/views/ledger.ts";
import { type Verdict, verdictOf } from "../../core/views/verdict.ts";
import type { LogRange } from "../../ports/archive-store.ts";
import type { LogEntry } from "../../ports/tally-store.ts";
import { decodeFrame, framesOf } from "../../protocol/frame.ts";
import { encodeIndexLine, formatRawName } from "../../protocol/raw-names.ts";
import { coloOfSource, encodeRawRecord, encodeUnreadable } from "../../protocol/raw-record.ts";

/** Whose log it is. */
export interface LogOwner {
  readonly shard: number;
  /** Unix ms at which its storage was born. */
  readonly generation: number;
}

export interface RangeObject {
  readonly name: string;
  /** Made when they are asked for, one by one. */
  lines(): Iterable<string>;
}

/** The objects a range of the log becomes: the same ones, to the byte, whenever they are made. */
export interface RangeObjects {
  readonly hours: readonly (RangeObject & { readonly hour: number; readonly events: number })[];
  readonly unreadable: RangeObject | undefined;
  /** Put last: when it is there, all are. */
  readonly index: RangeObject;
}

/** A frame of the range. Event ids begin with their time, so their order is that of (at, id). */
interface Piece {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly verdict: Verdict;
  readonly colo: string;
}

interface Spoilt {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** @param entries all of the range */
export const rangeObjects = (
  owner: LogOwner,
  range: LogRange,
  entries: Iterable<LogEntry>,
): RangeObjects => {
  const { byHour, spoilt } = sortOut(entries);
  const hours = [...byHour]
    .toSorted(([a], [b]) => a - b)
    .map(([hour, pieces]) => {
      pieces.sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
      const name = formatRawName({ kind: "events", hour, ...owner, ...range });
      return { name, hour, events: pieces.length, lines: () => recordsOf(pieces) };
    });
  const unreadable = {
    name: formatRawName({ kind: "unreadable", ...owner, ...range }),
    lines: () => spoilt.map((it) => encodeUnreadable({ shard: owner.shard, ...it })),
  };
  return {
    hours,
    unreadable: spoilt.length > 0 ? unreadable : undefined,
    index: {
      name: formatRawName({ kind: "index", ...owner, ...range }),
      lines: () => hours.map(encodeIndexLine),
    },
  };
};

/** Whether a frame can be read is asked anew, not taken from the verdict: a later version may know its format. */
const sortOut = (entries: Iterable<LogEntry>) => {
  const byHour = new Map<number, Piece[]>();
  const spoilt: Spoilt[] = [];
  for (const { position, source, frames, verdicts } of entries) {
    const colo = coloOfSource(source);
    let index = 0;
    for (const bytes of framesOf(frames)) {
      const verdict = verdictOf(verdicts[index] ?? -1);
      index += 1;
      const event = decodeFrame(bytes)?.event;
      if (event === undefined) {
        spoilt.push({ position, bytes });
        continue;
      }
      const pieces = byHour.get(hourOf(event.at)) ?? [];
      pieces.push({ id: formatEventId(event.id), bytes, verdict, colo });
      byHour.set(hourOf(event.at), pieces);
    }
  }
  return { byHour, spoilt };
};

function* recordsOf(pieces: readonly Piece[]): Generator<string> {
  for (const { bytes, verdict, colo } of pieces) {
    const frame = decodeFrame(bytes);
    if (frame !== undefined) yield encodeRawRecord(frame, verdict, colo);
  }
}
