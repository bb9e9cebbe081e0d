import type { Place } from "../core/statistics/places.ts";
import type {
  ArchivedObject,
  CorrectionOrder,
  CorrectionReason,
} from "../protocol/correction-rpc.ts";
import type { Alarm } from "./alarm.ts";

/** An hour or a day that waits for its correction. Times in ms. */
export interface WaitingJob {
  readonly kind: "hour" | "day";
  readonly startMs: number;
  readonly endMs: number;
  readonly reason: CorrectionReason;
  readonly notBefore: number;
  /** When it first waited for another hour's or shard's result; 0: it does not. */
  readonly since: number;
}

export interface KeptOrder {
  readonly id: number;
  readonly order: CorrectionOrder;
}

/** What is to be done. An order is kept as it came until it is known which hours it means. */
export interface CorrectionQueue {
  addOrder(order: CorrectionOrder): void;
  orders(): readonly KeptOrder[];
  removeOrder(id: number): void;
  /** One that waits already goes as early as the earlier of both, for the reason it had. */
  add(job: WaitingJob): void;
  /** By start; of one start, the hour before the day. */
  jobs(): readonly WaitingJob[];
  remove(job: WaitingJob): void;
}

export interface StoredPage {
  readonly page: number;
  readonly records: Uint8Array;
}

/** Names the pages of a part of an hour, in the order of contents. */
export interface SliceName {
  readonly hour: number;
  readonly run: number;
  readonly slice: number;
}

/** What an hour's correction reads and makes before it is done. */
export interface CorrectionWork {
  setObjects(objects: readonly ArchivedObject[]): void;
  /** The first that is not read yet. */
  nextObject(): ArchivedObject | undefined;
  /** Keeps an object's events by minute and marks it as read. */
  saveObject(name: string, minutes: ReadonlyMap<number, readonly Uint8Array[]>): void;
  /** First minute at or after `from` that holds events, ms. */
  nextMinute(from: number): number | undefined;
  minute(minute: number): readonly Uint8Array[];
  deleteMinutes(before: number): void;
  savePages(
    slice: SliceName,
    pages: readonly { readonly first: string; readonly records: Uint8Array }[],
  ): void;
  /** Objects and minutes, not pages. */
  clear(): void;
}

/** How the last run of an hour that came to an end did so. */
export interface HourResult {
  readonly hour: number;
  readonly run: number;
  /** `none`: it could not be corrected, and perhaps never can. */
  readonly outcome: "done" | "none";
  /** Slices of its pages, from 0. */
  readonly slices: number;
  /** Its pages are there. */
  readonly kept: boolean;
}

export interface CorrectionResults {
  result(hour: number): HourResult | undefined;
  /** Of `from <= hour < to`, in ascending order. */
  results(from: number, to: number): readonly HourResult[];
  saveResult(result: HourResult): void;
  saveCarry(hour: number, run: number, carry: Uint8Array): void;
  carry(hour: number, run: number): Uint8Array | undefined;
  /** Carries and pages of all runs of the hour but one. */
  deleteOtherRuns(hour: number, run: number): void;
  /** The last page whose first content comes before `content`, else the first page. */
  pageFor(slice: SliceName, content: string): StoredPage | undefined;
  pageBehind(slice: SliceName, page: number): StoredPage | undefined;
  /** Pages of hours before `before` go, and with them the right to count these hours' days anew from here. */
  dropPages(before: number): void;
  /** Results and carries of hours before `before`. */
  dropResults(before: number): void;
  places(): readonly Place[];
  addPlaces(places: readonly Place[]): void;
  /** Whether the day was gone over after its end. */
  isDayDone(startMs: number): boolean;
  setDayDone(startMs: number): void;
}

/** Single values by name. */
export interface CorrectionNotes {
  note(name: string): string | undefined;
  setNote(name: string, text: string): void;
}

/** What a Corrector keeps. What is written in one synchronous block commits together, with the alarm. */
export interface CorrectorStore {
  readonly alarm: Alarm;
  readonly queue: CorrectionQueue;
  readonly work: CorrectionWork;
  readonly results: CorrectionResults;
  readonly notes: CorrectionNotes;
  atomically<T>(work: () => T): T;
  bytes(): number;
}
