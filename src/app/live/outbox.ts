import { dateNumber } from "../../core/civil-date.ts";
import type { StreamId } from "../../core/ids.ts";
import {
  DAY_MS,
  FORGET_SETTLE_MS,
  LIVE_RECENT_MS,
  LIVE_SESSIONS_FLUSH_MS,
  LIVE_SESSIONS_PER_FLUSH,
  MINUTE_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { JobRun, JobTables, StreamTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { OutboxStore } from "../../ports/room-store.ts";
import type { UserTables } from "../../ports/user-tables.ts";
import type { VersionBlocks } from "./version-blocks.ts";

export interface OutboxDeps {
  readonly store: OutboxStore;
  readonly sessions: Pick<StreamTables, "saveSessions">;
  readonly users: Pick<UserTables, "sessionsOf" | "deleteSessions">;
  readonly jobs: Pick<JobTables, "record">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Keeps the object awake until it is done. */
  background(work: Promise<void>): void;
}

/** Added to the time of the first try at random, so that rooms whose streams end together do not all call at once. */
const JITTER_MS = MINUTE_MS;

const RETRY_MIN_MS = 30_000;
const RETRY_MAX_MS = 10 * MINUTE_MS;

/**
 * What a room brings to the database itself: sessions that have ended, and records of reconciliation. A row leaves
 * the room once the database has it; sent again, because an answer was lost or the instance died, it is the same row.
 *
 * Of a visitor who is to be forgotten nothing is brought any more. What an instance that died had sent may still
 * arrive after that, so the room looks again when it must have, and takes back what it finds.
 */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #versions: VersionBlocks;
  readonly #jitterMs: number;
  /** When the next try would be if none had failed, ms; `undefined`: to be looked up. */
  #wantedAt: number | null | undefined;
  /** Ends when what is under way is done, however it ends. */
  #sending: Promise<void> | undefined;
  #triedAt = 0;
  /** Tries that failed since the last that did not. */
  #failures = 0;

  constructor(deps: OutboxDeps, versions: VersionBlocks) {
    this.#deps = deps;
    this.#versions = versions;
    this.#jitterMs = deps.random.fraction() * JITTER_MS;
  }

  /** @returns ms; `null` when nothing waits, or is under way */
  dueAt(): number | null {
    if (this.#sending !== undefined) return null;
    if (this.#wantedAt === undefined) this.#wantedAt = this.#lookUp();
    if (this.#wantedAt === null || this.#failures === 0) return this.#wantedAt;
    const pause = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** (this.#failures - 1));
    return Math.max(this.#wantedAt, this.#triedAt + pause);
  }

  /** Sessions have been saved, and may have ended. */
  saved(): void {
    this.#wantedAt = undefined;
  }

  /** Keeps it until the database has it. */
  record(run: JobRun): void {
    this.#deps.store.saveRecord(run);
    this.#wantedAt = undefined;
  }

  /** Nothing is under way to the database. */
  async idle(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  /**
   * From now on nothing of the visitor leaves the room. Inside a transaction, with everything saved.
   * @returns sessions that had not left it
   */
  forget(visitor: string, at: number): number {
    const { store } = this.#deps;
    const sessions = store.deleteSessionsOf(visitor);
    store.saveForgotten({ visitor, at });
    this.#wantedAt = undefined;
    return sessions;
  }

  /** @param then runs when there is nothing more to do for now, with the object as it then is */
  send(stream: StreamId, then: () => void): void {
    const { clock, log, background } = this.#deps;
    this.#triedAt = clock.now();
    const done = (failures: number): void => {
      this.#failures = failures;
      this.#sending = undefined;
      this.#wantedAt = undefined;
      then();
    };
    this.#sending = this.#sendAll(stream).then(
      () => done(0),
      (cause: unknown) => {
        log.warn("room.sessions-unsaved", { stream, cause: `${cause}` });
        done(this.#failures + 1);
      },
    );
    background(this.#sending);
  }

  async #sendAll(stream: StreamId): Promise<void> {
    const { store, sessions, jobs, clock } = this.#deps;
    for (const run of store.records(LIVE_SESSIONS_PER_FLUSH)) {
      await jobs.record(run);
      store.deleteRecords([run.id]);
    }
    for (;;) {
      // The younger ones still tell who came in the last two minutes.
      const startedBy = clock.now() - LIVE_RECENT_MS;
      const ended = store.endedSessions(startedBy, LIVE_SESSIONS_PER_FLUSH);
      if (ended.length === 0) break;
      const stamp = this.#versions.next();
      const rows = ended.map(({ session, visitor, startedAt, endedAt }) => {
        const startedDay = dateNumber(Math.floor(startedAt / DAY_MS));
        return { startedDay, session, stream, visitor, startedAt, endedAt, stamp };
      });
      await sessions.saveSessions(rows);
      store.deleteSessions(ended.map(({ session }) => session));
    }
    await this.#takeBack(stream);
  }

  /** What arrived in the database of those who were forgotten. Whoever came back since has sessions begun later. */
  async #takeBack(stream: StreamId): Promise<void> {
    const { store, users, clock } = this.#deps;
    const settledBy = clock.now() - FORGET_SETTLE_MS;
    for (const forgotten of store.forgotten()) {
      const { visitor, at } = forgotten;
      if (at > settledBy) return;
      const found = await users.sessionsOf([{ stream, visitor }]);
      await users.deleteSessions(found.filter(({ startedAt }) => startedAt < at));
      store.deleteForgotten(forgotten);
    }
  }

  #lookUp(): number | null {
    const { store } = this.#deps;
    if (store.records(1).length > 0) return 0;
    const [forgotten] = store.forgotten();
    const settled = forgotten && forgotten.at + FORGET_SETTLE_MS;
    const due = [settled, this.#sessionsDue()].filter((at) => typeof at === "number");
    return due.length === 0 ? null : Math.min(...due);
  }

  #sessionsDue(): number | null {
    const waiting = this.#deps.store.waitingSessions(LIVE_SESSIONS_PER_FLUSH);
    if (waiting === undefined) return null;
    const { count, endedAt, startedAt } = waiting;
    const inTime = Math.ceil(endedAt + LIVE_SESSIONS_FLUSH_MS + this.#jitterMs);
    if (count < LIVE_SESSIONS_PER_FLUSH) return inTime;
    return Math.min(inTime, startedAt + LIVE_RECENT_MS);
  }
}
