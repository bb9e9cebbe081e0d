import { LIVE_RECENT_MS, LIVE_SAVE_MS } from "../../core/limits.ts";
import { type Connection, type Gone, type Looked, ViewerSet } from "../../core/live/viewer-set.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { Random } from "../../ports/random.ts";
import type { LeaseRow, RoomStore, SessionRow } from "../../ports/room-store.ts";
import { uuid } from "../uuid.ts";
import { DailyVisitors } from "./daily-visitors.ts";

export interface AttendanceDeps {
  readonly store: RoomStore;
  readonly calendar: ReportingCalendar;
  readonly random: Random;
}

export type HeardAt = (connection: Connection) => number;

/**
 * Who is there, and what lasts of it: sessions, the day's distinct visitors, leases, the peak. Memory is right at
 * once; the disk gets what changed in one batch within a second. Every method that takes a time wants `look` called
 * with it first, so that who fell silent, or a day that ended, is dealt with before anything else changes.
 */
export class Attendance {
  readonly #deps: AttendanceDeps;
  readonly #set = new ViewerSet();
  /** Open sessions by visitor. */
  readonly #sessions = new Map<string, SessionRow>();
  /** Not on disk yet; what is `undefined` is to go there. */
  readonly #changedSessions = new Map<string, SessionRow>();
  readonly #changedLeases = new Map<string, LeaseRow | undefined>();
  /** The first change that is not on disk, ms. */
  #changedAt: number | null = null;
  readonly #daily: DailyVisitors;
  #peak: number;

  /** @param sockets those that outlived the instance before @param now ms */
  constructor(deps: AttendanceDeps, sockets: readonly Connection[], now: number) {
    const { store, calendar } = deps;
    this.#deps = deps;
    const aliveAt = store.aliveAt();
    this.#daily = new DailyVisitors(store, calendar, aliveAt === 0 ? now : aliveAt);
    this.#peak = store.peak();
    this.#restore([...sockets, ...[...store.leases()].map(asConnection)], now);
  }

  get viewers(): number {
    return this.#set.viewers;
  }

  get connections(): ViewerSet {
    return this.#set;
  }

  get numbers() {
    return {
      viewers: this.#set.viewers,
      peak: this.#peak,
      total: this.#daily.total,
      uniqueToday: this.#daily.today,
    };
  }

  /** @returns ms; `null` when everything is on disk */
  get saveAt(): number | null {
    return this.#changedAt === null ? null : this.#changedAt + LIVE_SAVE_MS;
  }

  /** End of the reporting day, ms; `null` while nobody is there to begin the next one. */
  get midnight(): number | null {
    return this.#set.viewers === 0 ? null : this.#daily.dayEnds;
  }

  join(connection: Connection, now: number): void {
    if (this.#set.join(connection)) this.#begin(connection.visitor, now, now);
    if (connection.kind === "lease") this.#keepLease(connection, now);
  }

  /** @returns what is gone; `undefined` when it was not there */
  leave(id: string, now: number): Gone | undefined {
    const gone = this.#set.leave(id);
    if (gone !== undefined) this.#wentAway(gone, now, now);
    return gone;
  }

  /** Takes out who is silent, and begins each reporting day with those who were there at its midnight. */
  look(now: number, heardAt: HeardAt): Looked {
    const silent: Gone[] = [];
    const quiet: Connection[] = [];
    const sweep = (at: number): void => {
      const looked = this.#set.look(at, heardAt);
      for (const gone of looked.silent) this.#wentAway(gone, gone.lastSeen, now);
      silent.push(...looked.silent);
      quiet.push(...looked.quiet);
    };
    while (now >= this.#daily.dayEnds) {
      sweep(this.#daily.dayEnds);
      this.#daily.beginDay(this.#set.viewers === 0 ? now : this.#daily.dayEnds);
      for (const visitor of this.#set.viewing()) this.#daily.count(visitor);
      this.#changed(now);
    }
    sweep(now);
    return { silent, quiet };
  }

  /** Everybody goes. */
  empty(now: number): void {
    for (const { id } of [...this.#set.connections()]) this.leave(id, now);
  }

  /** A stream that starts anew has nobody in it yet, and no past. */
  reset(now: number): void {
    this.#daily.reset(now);
    this.#peak = 0;
    this.#changed(now);
  }

  /** Inside a transaction; should that fail, the instance ends. */
  save(now: number): void {
    const { store } = this.#deps;
    for (const session of this.#changedSessions.values()) store.saveSession(session);
    this.#daily.save();
    for (const [visitor, lease] of this.#changedLeases) {
      if (lease === undefined) store.deleteLease(visitor);
      else store.saveLease(lease);
    }
    store.savePeak(this.#peak);
    store.saveAliveAt(now);
    this.#changedSessions.clear();
    this.#changedLeases.clear();
    this.#changedAt = null;
  }

  #restore(connections: readonly Connection[], now: number): void {
    const { store } = this.#deps;
    for (const connection of connections) this.#set.join(connection);
    const aliveAt = store.aliveAt();
    const viewing = new Set(this.#set.viewing());
    for (const session of store.openSessions()) {
      const { visitor, startedAt } = session;
      if (viewing.has(visitor) && !this.#sessions.has(visitor)) {
        this.#sessions.set(visitor, session);
        continue;
      }
      // Its last sign of life: the room knew who was there when it last said so.
      const ended = { ...session, endedAt: Math.max(startedAt, aliveAt) };
      this.#changedSessions.set(session.session, ended);
      this.#changed(now);
    }
    for (const { visitor, at } of [...store.cameAfter(now - LIVE_RECENT_MS)].sort(byTime)) {
      this.#set.came(visitor, at);
    }
    // Who came in the second before the end of the last instance is not on disk.
    for (const connection of connections) {
      const { visitor, role, openedAt } = connection;
      if (role === "viewer" && !this.#sessions.has(visitor)) this.#begin(visitor, openedAt, now);
    }
  }

  #begin(visitor: string, startedAt: number, now: number): void {
    const session = uuid(startedAt, this.#deps.random);
    const row = { session, visitor, startedAt, endedAt: null };
    this.#sessions.set(visitor, row);
    this.#changedSessions.set(session, row);
    this.#set.came(visitor, startedAt);
    this.#daily.count(visitor);
    this.#peak = Math.max(this.#peak, this.#set.viewers);
    this.#changed(now);
  }

  #wentAway(gone: Gone, endedAt: number, now: number): void {
    this.#changed(now);
    if (gone.kind === "lease") this.#changedLeases.set(gone.visitor, undefined);
    const session = this.#sessions.get(gone.visitor);
    if (!gone.last || session === undefined) return;
    this.#sessions.delete(gone.visitor);
    const ended = { ...session, endedAt: Math.max(session.startedAt, endedAt) };
    this.#changedSessions.set(session.session, ended);
  }

  #keepLease({ visitor, network, openedAt }: Connection, now: number): void {
    this.#changedLeases.set(visitor, { visitor, network, openedAt, seenAt: now });
    this.#changed(now);
  }

  #changed(now: number): void {
    this.#changedAt ??= now;
  }
}

export const leaseId = (visitor: string): string => `lease:${visitor}`;

export const asConnection = ({ visitor, network, openedAt, seenAt }: LeaseRow): Connection => ({
  id: leaseId(visitor),
  kind: "lease",
  role: "viewer",
  visitor,
  network,
  openedAt,
  lastSeen: seenAt,
});

const byTime = (a: { readonly at: number }, b: { readonly at: number }): number => a.at - b.at;
