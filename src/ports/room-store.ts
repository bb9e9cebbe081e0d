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

/** The sockets, and the list of live streams. */
export type Audience = "sockets" | "rankings";

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
export interface RoomStore {
  readonly alarm: Alarm;
  /** Unix ms at which the storage was born, or what it was raised to. */
  generation(): number;
  saveGeneration(generation: number): void;
  /** Bound of the versions handed out: none above it has been. */
  versions(): number;
  saveVersions(bound: number): void;
  /** `undefined`: it was never started. */
  stream(): SavedStream | undefined;
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
  /** In the order of their starts. */
  openSessions(): Iterable<SessionRow>;
  /** Visitors with a session begun after `since`, ms, each with its last one's start. */
  cameAfter(since: number): Iterable<{ readonly visitor: string; readonly at: number }>;
  saveSession(session: SessionRow): void;
  leases(): Iterable<LeaseRow>;
  saveLease(lease: LeaseRow): void;
  deleteLease(visitor: string): void;
  /** @param day name of a reporting day */
  hasUnique(day: string, visitor: string): boolean;
  saveUnique(day: string, visitor: string): void;
  uniques(day: string): number;
  /** The sum over all days. */
  uniquesOfAllDays(): number;
  deleteUniques(): void;
  /** One that an instance before this one began, and could not end. */
  correction(): Correction | undefined;
  /** @param correction `undefined`: it is over */
  saveCorrection(correction: Correction | undefined): void;
  /** Keeps it until it is in the database. */
  saveRecord(run: JobRun): void;
  records(limit: number): Iterable<JobRun>;
  atomically<T>(work: () => T): T;
}
