/**
 * Who is in a stream now: visitors, each with the connections it has. All changes are keyed by the connection and
 * idempotent: what is done twice, or comes after the end of the connection, changes nothing.
 *
 * The platform answers signs of life without waking the object, so nobody tells the set of them. Instead each
 * connection is looked at when it could be silent for the first time, and asked then when it was last heard of: one
 * that pings every 20 s is looked at about as often, and a read of the number costs only what has become due.
 */
import { LIVE_BEAT_AFTER_MS, LIVE_RECENT_MS, LIVE_SILENT_MS } from "../limits.ts";
import { DueQueue } from "./due-queue.ts";

export interface Connection {
  readonly id: string;
  readonly kind: "socket" | "lease";
  readonly role: "viewer" | "observer";
  readonly visitor: string;
  readonly network: string;
  /** Ms. */
  readonly openedAt: number;
  /** Last sign of life the set was told of, ms. */
  readonly lastSeen: number;
}

export interface Gone extends Connection {
  /** It was the visitor's last as a viewer: the visitor has left. */
  readonly last: boolean;
}

export interface Looked {
  /** Silent too long, and out of the set. `lastSeen` is the last sign of life there was. */
  readonly silent: readonly Gone[];
  /** Sockets to be asked for a sign of life. */
  readonly quiet: readonly Connection[];
}

/** A quiet socket is asked again after this. */
export const BEAT_AGAIN_MS = 10_000;

interface Held extends Connection {
  lastSeen: number;
  /** Ms; when it was last asked for a sign of life. */
  askedAt: number;
}

interface Visitor {
  readonly connections: Map<string, Held>;
  /** Of its connections, those that are counted. */
  viewing: number;
}

export class ViewerSet {
  readonly #connections = new Map<string, Held>();
  readonly #visitors = new Map<string, Visitor>();
  readonly #networks = new Map<string, number>();
  readonly #looks = new DueQueue<Held>();
  /** Last join by visitor, the oldest first; also of those who have left since. */
  readonly #joins = new Map<string, number>();
  #viewers = 0;

  /** Visitors with a viewer's connection; call `look` first, so that the silent ones are out. */
  get viewers(): number {
    return this.#viewers;
  }

  /** @returns whether the visitor was not viewing before */
  join(connection: Connection): boolean {
    if (this.#connections.has(connection.id)) {
      this.seen(connection.id, connection.lastSeen);
      return false;
    }
    const held: Held = { ...connection, askedAt: Number.NEGATIVE_INFINITY };
    this.#connections.set(held.id, held);
    this.#networks.set(held.network, this.inNetwork(held.network) + 1);
    const visitor = this.#visitors.get(held.visitor) ?? { connections: new Map(), viewing: 0 };
    this.#visitors.set(held.visitor, visitor);
    visitor.connections.set(held.id, held);
    this.#looks.push(firstLook(held, held.lastSeen), held);
    if (held.role === "observer") return false;
    visitor.viewing += 1;
    if (visitor.viewing > 1) return false;
    this.#viewers += 1;
    return true;
  }

  /** @returns what is gone; `undefined` when it was not there */
  leave(id: string): Gone | undefined {
    const held = this.#connections.get(id);
    if (held === undefined) return undefined;
    this.#connections.delete(id);
    const others = this.inNetwork(held.network) - 1;
    if (others > 0) this.#networks.set(held.network, others);
    else this.#networks.delete(held.network);
    const visitor = this.#visitors.get(held.visitor);
    if (visitor === undefined) return undefined;
    visitor.connections.delete(id);
    if (visitor.connections.size === 0) this.#visitors.delete(held.visitor);
    if (held.role === "observer") return { ...held, last: false };
    visitor.viewing -= 1;
    const last = visitor.viewing === 0;
    if (last) this.#viewers -= 1;
    return { ...held, last };
  }

  /** Sums up anew what is kept as it changes. */
  recount(): void {
    this.#viewers = 0;
    for (const visitor of this.#visitors.values()) {
      const connections = [...visitor.connections.values()];
      visitor.viewing = connections.filter(({ role }) => role === "viewer").length;
      if (visitor.viewing > 0) this.#viewers += 1;
    }
  }

  /** A sign of life. An older one than is known changes nothing. */
  seen(id: string, at: number): void {
    const held = this.#connections.get(id);
    if (held !== undefined) held.lastSeen = Math.max(held.lastSeen, at);
  }

  /**
   * Takes out who has been silent too long.
   * @param heardAt last sign of life of a connection beyond what the set was told, ms
   */
  look(now: number, heardAt: (connection: Connection) => number): Looked {
    const silent: Gone[] = [];
    const quiet: Connection[] = [];
    for (let held = this.#looks.take(now); held !== undefined; held = this.#looks.take(now)) {
      if (this.#connections.get(held.id) !== held) continue;
      held.lastSeen = Math.max(held.lastSeen, heardAt(held));
      const silentMs = now - held.lastSeen;
      if (silentMs >= LIVE_SILENT_MS) {
        const gone = this.leave(held.id);
        if (gone !== undefined) silent.push(gone);
        continue;
      }
      if (isQuiet(held, silentMs) && now - held.askedAt >= BEAT_AGAIN_MS) {
        held.askedAt = now;
        quiet.push(held);
      }
      this.#looks.push(nextLook(held, silentMs), held);
    }
    return { silent, quiet };
  }

  /** When `look` may find something, ms. */
  nextLook(): number | null {
    for (let next = this.#looks.first(); next !== undefined; next = this.#looks.first()) {
      if (this.#connections.get(next.item.id) === next.item) return next.at;
      this.#looks.take(next.at);
    }
    return null;
  }

  /** Notes that the visitor came, for `recent`. @param at ms; not before that of the call before */
  came(visitor: string, at: number): void {
    this.#joins.delete(visitor);
    this.#joins.set(visitor, at);
  }

  /** As if the visitor had not come of late. */
  forgetArrival(visitor: string): void {
    this.#joins.delete(visitor);
  }

  /** Visitors who came less than `LIVE_RECENT_MS` ago, whether or not they are still there. */
  recent(now: number): number {
    for (const [visitor, at] of this.#joins) {
      if (now - at < LIVE_RECENT_MS) break;
      this.#joins.delete(visitor);
    }
    return this.#joins.size;
  }

  has(id: string): boolean {
    return this.#connections.has(id);
  }

  /** Connections of a network, of all kinds and roles. */
  inNetwork(network: string): number {
    return this.#networks.get(network) ?? 0;
  }

  /** @returns the visitor's socket that has to go for one more, the oldest, once there are `limit` */
  replacedByOneMore(visitor: string, limit: number): Connection | undefined {
    const sockets = this.ofVisitor(visitor).filter(({ kind }) => kind === "socket");
    if (sockets.length < limit) return undefined;
    return sockets.reduce((oldest, it) => (it.openedAt < oldest.openedAt ? it : oldest));
  }

  /** A visitor's connections, of all kinds and roles. */
  ofVisitor(visitor: string): readonly Connection[] {
    return [...(this.#visitors.get(visitor)?.connections.values() ?? [])];
  }

  connections(): Iterable<Connection> {
    return this.#connections.values();
  }

  /** Those who are counted. */
  *viewing(): Iterable<string> {
    for (const [visitor, { viewing }] of this.#visitors) if (viewing > 0) yield visitor;
  }
}

/** A lease is not asked for anything: its next heartbeat comes or does not. */
const isQuiet = ({ kind }: Connection, silentMs: number): boolean =>
  kind === "socket" && silentMs >= LIVE_BEAT_AFTER_MS;

const firstLook = ({ kind }: Connection, heardAt: number): number =>
  heardAt + (kind === "socket" ? LIVE_BEAT_AFTER_MS : LIVE_SILENT_MS);

/** Never later than the moment it would be out of the number. */
const nextLook = (held: Held, silentMs: number): number =>
  isQuiet(held, silentMs)
    ? Math.min(held.lastSeen + LIVE_SILENT_MS, held.askedAt + BEAT_AGAIN_MS)
    : firstLook(held, held.lastSeen);
