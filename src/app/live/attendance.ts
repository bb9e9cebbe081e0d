import { LIVE_RECENT_MS, LIVE_SAVE_MS } from "../../core/limits.ts";
import { type Connection, type Gone, type Looked, ViewerSet } from "../../core/live/viewer-set.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { Random } from "../../ports/random.ts";
import type { LeaseRow, RoomStore } from "../../ports/room-store.ts";
import { asConnection } from "./lease.ts";
import { Ledger } from "./ledger.ts";
import { Sessions } from "./sessions.ts";

export interface AttendanceDeps {
  readonly store: RoomStore;
  readonly calendar: ReportingCalendar;
  readonly random: Random;
}

export type HeardAt = (connection: Connection) => number;

/**
 * Who is there, and what lasts of it: sessions, leases, the peak, the ledger. Memory is right at once; the disk gets
 * what changed in one batch within a second. Every method that takes a time wants `look` called with it first, so
 * that who fell silent, or a window that ended, is dealt with before anything else changes.
 */
export class Attendance {
  readonly ledger: Ledger;
  readonly #store: RoomStore;
  readonly #set = new ViewerSet();
  readonly #sessions: Sessions;
  /** Not on disk yet; what is `undefined` is to go there. */
  readonly #changedLeases = new Map<string, LeaseRow | undefined>();
  /** The first change that is not on disk, ms. */
  #changedAt: number | null = null;
  #peak: number;
  /** Viewers who came after the last save of the instance before, the last one first. */
  #unsavedArrivals: Connection[] = [];
  /** For the next look to tell of. */
  #silent: Gone[] = [];
  #quiet = new Map<string, Connection>();

  /** @param sockets those that outlived the instance before @param now ms */
  constructor(deps: AttendanceDeps, sockets: readonly Connection[], now: number) {
    const { store, calendar, random } = deps;
    this.#store = store;
    this.#sessions = new Sessions(store, random);
    const aliveAt = store.aliveAt();
    this.ledger = new Ledger(store, calendar, aliveAt === 0 ? now : aliveAt);
    this.#peak = store.peak();
    this.#restore([...sockets, ...[...store.leases()].map(asConnection)], now);
  }

  get connections(): ViewerSet {
    return this.#set;
  }

  get numbers() {
    return { viewers: this.#set.viewers, peak: this.#peak, ...this.ledger.numbers };
  }

  /** @returns ms; `null` when everything is on disk */
  get saveAt(): number | null {
    return this.#changedAt === null ? null : this.#changedAt + LIVE_SAVE_MS;
  }

  join(connection: Connection, now: number): void {
    if (this.#set.join(connection)) this.#begin(connection.visitor, now, now);
    if (connection.kind === "lease") this.#keepLease(connection, now);
  }

  /** @returns what is gone; `undefined` when it was not there */
  leave(id: string, now: number): Gone | undefined {
    const gone = this.#set.leave(id);
    if (gone === undefined) return undefined;
    this.#wentAway(gone, now, now);
    this.ledger.reach(this.#set.viewers, now);
    return gone;
  }

  /**
   * Takes out who is silent, and ends each window and reporting day with those who were there at its bound: in the
   * order of their times, so that it makes no difference how late this is.
   */
  look(now: number, heardAt: HeardAt): Looked {
    for (let at = this.#nextStep(); at <= now; ) {
      this.#step(at, now, heardAt);
      const next = this.#nextStep();
      // Or the room would never answer again.
      if (next <= at) throw new Error(`a step at ${at} left something to do at ${next}`);
      at = next;
    }
    this.ledger.advance(now);
    const silent = this.#silent;
    const quiet = [...this.#quiet.values()].filter(({ id }) => this.#set.has(id));
    this.#silent = [];
    this.#quiet = new Map();
    return { silent, quiet };
  }

  /** The stream starts: nobody is in it yet. @param run its start, ms */
  begin(run: number, now: number): void {
    this.#peak = 0;
    this.ledger.begin(run, now);
    this.#changed(now);
  }

  /** The stream ends: everybody goes. */
  end(now: number): void {
    for (const { id } of [...this.#set.connections()]) this.leave(id, now);
    this.ledger.end(now);
    this.#changed(now);
  }

  /** Inside a transaction; should that fail, the instance ends. */
  save(now: number): void {
    const store = this.#store;
    this.#sessions.save();
    this.ledger.save();
    for (const [visitor, lease] of this.#changedLeases) {
      if (lease === undefined) store.deleteLease(visitor);
      else store.saveLease(lease);
    }
    store.savePeak(this.#peak);
    store.saveAliveAt(now);
    this.#changedLeases.clear();
    this.#changedAt = null;
  }

  #restore(connections: readonly Connection[], now: number): void {
    const store = this.#store;
    const aliveAt = store.aliveAt();
    const viewers = connections.filter(({ role }) => role === "viewer");
    const viewing = new Set(viewers.map(({ visitor }) => visitor));
    if (this.#sessions.restore(viewing, aliveAt)) this.#changed(now);
    const came = [...store.cameAfter(now - LIVE_RECENT_MS)];
    for (const { visitor, at } of came.sort((a, b) => a.at - b.at)) this.#set.came(visitor, at);
    // Who came in the second before the end of the last instance is not on disk.
    const isSaved = ({ role, visitor }: Connection) =>
      role === "observer" || this.#sessions.has(visitor);
    for (const connection of connections.filter(isSaved)) this.#set.join(connection);
    this.#unsavedArrivals = connections
      .filter((connection) => !isSaved(connection))
      // A machine's clock may be behind that of the one before.
      .map((connection) => ({ ...connection, openedAt: Math.min(connection.openedAt, now) }))
      .sort((a, b) => b.openedAt - a.openedAt);
    // The platform may still list a socket that was closed as silent.
    this.#sweep(aliveAt, now, () => 0);
    this.ledger.resume(this.#set.viewers);
  }

  /** When something happens next, ms; may be past. */
  #nextStep(): number {
    const silence = this.#set.nextLook() ?? Number.POSITIVE_INFINITY;
    const arrival = this.#unsavedArrivals.at(-1)?.openedAt ?? Number.POSITIVE_INFINITY;
    return Math.min(silence, arrival, this.ledger.bound);
  }

  #step(at: number, now: number, heardAt: HeardAt): void {
    this.#sweep(at, now, heardAt);
    this.ledger.reach(this.#set.viewers, at);
    if (at >= this.ledger.bound) {
      this.ledger.turn(this.#set.viewing(), now);
      this.#changed(now);
    }
    for (;;) {
      const arrival = this.#unsavedArrivals.at(-1);
      if (arrival === undefined || arrival.openedAt > at) return;
      this.#unsavedArrivals.pop();
      if (this.#set.join(arrival)) this.#begin(arrival.visitor, arrival.openedAt, now);
    }
  }

  #sweep(at: number, now: number, heardAt: HeardAt): void {
    const { silent, quiet } = this.#set.look(at, heardAt);
    for (const gone of silent) this.#wentAway(gone, gone.lastSeen, now);
    this.#silent.push(...silent);
    for (const connection of quiet) this.#quiet.set(connection.id, connection);
  }

  #begin(visitor: string, startedAt: number, now: number): void {
    this.#sessions.begin(visitor, startedAt);
    this.#set.came(visitor, startedAt);
    this.ledger.reach(this.#set.viewers, startedAt);
    this.ledger.came(visitor, startedAt);
    this.#peak = Math.max(this.#peak, this.#set.viewers);
    this.#changed(now);
  }

  #wentAway(gone: Gone, endedAt: number, now: number): void {
    this.#changed(now);
    if (gone.kind === "lease") this.#changedLeases.set(gone.visitor, undefined);
    if (gone.last) this.#sessions.end(gone.visitor, endedAt);
  }

  #keepLease({ visitor, network, openedAt, lastSeen }: Connection, now: number): void {
    this.#changedLeases.set(visitor, { visitor, network, openedAt, seenAt: lastSeen });
    this.#changed(now);
  }

  #changed(now: number): void {
    this.#changedAt ??= now;
  }
}
