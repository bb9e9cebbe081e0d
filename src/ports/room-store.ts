import type { LiveSample } from "../core/live/lasting.ts";
import type { StreamStart } from "../protocol/room-rpc.ts";
import type { Alarm } from "./alarm.ts";
import type { JobRun } from "./database.ts";

/** A stream as its room has it. */
export interface SavedStream extends StreamStart {
  /** Ms; `null` while it is live. */
  readonly endedAt: number | null;
}

/** From a visitor's first connection to the last. */
export interface SessionRow {
  readonly session: string;
  readonly visitor: string;
  /** Ms. */
  readonly startedAt: number;
  /** Ms; `null` while it is open. */
  readonly endedAt: number | null;
}

export interface EndedSession extends SessionRow {
  readonly endedAt: number;
}

/** Somebody of whom the database is to have no session that began before then. */
export interface ForgottenVisitor {
  readonly visitor: string;
  /** Ms. */
  readonly at: number;
}

export interface LeaseRow {
  readonly visitor: string;
  readonly network: string;
  /** Ms. */
  readonly openedAt: number;
  /** Last heartbeat, ms. */
  readonly seenAt: number;
}

/** Numbers that somebody outside was told, as one text to compare by. */
export interface Told {
  readonly numbers: string;
  readonly viewers: number;
  /** Ms. */
  readonly at: number;
}

/** Since it last answered, an audience was told what it may have or not. */
export interface Unanswered {
  /** Tries that failed, one after another. */
  readonly failures: number;
  /** The first try, ms. */
  readonly since: number;
  /** The last one, ms. */
  readonly triedAt: number;
}

/** One reporting day of the stream, all its starts together. */
export interface DayRow {
  /** As a number: 20261121. */
  readonly day: number;
  readonly peak: number;
  readonly uniques: number;
  readonly sessions: number;
  readonly watchedMs: number;
  readonly liveMs: number;
  /** Ms. */
  readonly changedAt: number;
}

/** Single numbers that have to agree with the rows saved with them. */
export interface Account {
  /** The largest number of the window that `aliveAt` is in. */
  readonly windowPeak: number;
  /** Since the start, the sum of its days' distinct visitors. */
  readonly total: number;
  /** Last change of anything that has to reach the database, ms. */
  readonly changedAt: number;
}

/** Ended sessions that wait for the database, as many as fit a call: those begun first. */
export interface WaitingSessions {
  readonly count: number;
  /** The first of them to end, ms. */
  readonly endedAt: number;
  /** The last of them to begin, ms. */
  readonly startedAt: number;
}

/** The sockets, the list of live streams, and what readers have instead of the objects. */
export type Audience = "sockets" | "rankings" | "readmodel";

/** What lasts of a stream's number of viewers, until it is in the database. */
export interface LedgerStore {
  /** `undefined`: it was never started. */
  stream(): SavedStream | undefined;
  account(): Account | undefined;
  saveAccount(account: Account): void;
  /** `asOf` of the last entry that is in the database, ms; 0 before. */
  savedAsOf(): number;
  saveSavedAsOf(asOf: number): void;
  /** In their order. */
  samples(): readonly LiveSample[];
  saveSample(sample: LiveSample): void;
  /** @param through `recordedAt` of the last that goes, ms */
  deleteSamples(through: number): void;
  /** In their order. */
  days(): readonly DayRow[];
  saveDay(row: DayRow): void;
  deleteDay(day: number): void;
  /** @param day as a number: 20261121 @returns the start of the run in which the visitor was last seen that day, ms */
  visitorRun(day: number, visitor: string): number | undefined;
  saveVisitor(day: number, visitor: string, run: number): void;
  /** Distinct ones of the day. */
  visitors(day: number): number;
  deleteVisitorsBefore(day: number): void;
}

/** What the room itself brings to the database. */
export interface OutboxStore {
  /** @returns `undefined` when none waits */
  waitingSessions(limit: number): WaitingSessions | undefined;
  /** Those that have ended, the first to begin first. @param startedBy ms, inclusive */
  endedSessions(startedBy: number, limit: number): readonly EndedSession[];
  deleteSessions(sessions: readonly string[]): void;
  saveRecord(run: JobRun): void;
  /** The oldest first. */
  records(limit: number): readonly JobRun[];
  deleteRecords(ids: readonly string[]): void;
  /** Deletes all of a visitor's sessions, open ones too. @returns how many there were */
  deleteSessionsOf(visitor: string): number;
  /** Of one who is there already the later time stays. */
  saveForgotten(forgotten: ForgottenVisitor): void;
  /** Those of the longest ago first. */
  forgotten(): readonly ForgottenVisitor[];
  /** Unless the visitor was forgotten again meanwhile. */
  deleteForgotten(forgotten: ForgottenVisitor): void;
}

/** Numbers that stay as they are while they are counted anew. */
export interface HeldNumbers {
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
  readonly uniqueToday: number;
}

/** Drift that is being put right. */
export interface Correction {
  readonly tier: "batches" | "hold" | "census";
  /** The first look that found it, ms. */
  readonly since: number;
  /** Viewers as they were shown, and as they were counted, when it was sure. */
  readonly before: number;
  readonly counted: number;
  /** What is shown meanwhile; `null`: the numbers as they become right. */
  readonly held: HeldNumbers | null;
  /** Sockets were asked for a sign of life then, ms; `null`: they were not. */
  readonly askedAt: number | null;
  /** Ms. */
  readonly nextAt: number;
  /** It is over by then, right or not, ms. */
  readonly deadline: number;
}

/** A Room's SQLite. Writes inside `atomically` commit together or not at all. */
export interface RoomStore extends LedgerStore, OutboxStore {
  readonly alarm: Alarm;
  /** Unix ms at which the storage was born, or that of stamps it had to rise above. */
  generation(): number;
  saveGeneration(generation: number): void;
  /** Bound of the versions handed out: none above it has been. */
  versions(): number;
  saveVersions(bound: number): void;
  saveStream(stream: SavedStream): void;
  salt(): Uint8Array | undefined;
  saveSalt(salt: Uint8Array): void;
  deleteSalt(): void;
  peak(): number;
  savePeak(peak: number): void;
  /** When the room last noted that it knew who was there, ms; 0 before. */
  aliveAt(): number;
  saveAliveAt(at: number): void;
  told(audience: Audience): Told | undefined;
  /** @param told `undefined`: nobody knows any more what they were told */
  saveTold(audience: Audience, told: Told | undefined): void;
  unanswered(audience: Audience): Unanswered | undefined;
  /** @param unanswered `undefined`: the audience has what it was told last */
  saveUnanswered(audience: Audience, unanswered: Unanswered | undefined): void;
  /** In the order of their starts. */
  openSessions(): Iterable<SessionRow>;
  /** Visitors with a session begun after `since`, ms, each with its last one's start. */
  cameAfter(since: number): Iterable<{ readonly visitor: string; readonly at: number }>;
  saveSession(session: SessionRow): void;
  leases(): Iterable<LeaseRow>;
  saveLease(lease: LeaseRow): void;
  deleteLease(visitor: string): void;
  /** One that an instance before this one began, and could not end. */
  correction(): Correction | undefined;
  /** @param correction `undefined`: it is over */
  saveCorrection(correction: Correction | undefined): void;
  atomically<T>(work: () => T): T;
}
