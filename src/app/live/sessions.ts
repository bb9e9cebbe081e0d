import type { Random } from "../../ports/random.ts";
import type { RoomStore, SessionRow } from "../../ports/room-store.ts";
import { uuid } from "../uuid.ts";

type Store = Pick<RoomStore, "openSessions" | "saveSession">;

/**
 * Of each visitor who is there, the session: from the first connection to the last. Ended ones are the outbox's, once
 * on disk.
 */
export class Sessions {
  readonly #store: Store;
  readonly #random: Random;
  /** By visitor. */
  readonly #open = new Map<string, SessionRow>();
  /** Not on disk yet, by session. */
  readonly #changed = new Map<string, SessionRow>();

  constructor(store: Store, random: Random) {
    this.#store = store;
    this.#random = random;
  }

  has(visitor: string): boolean {
    return this.#open.has(visitor);
  }

  /**
   * Takes up those whose visitor is still there; of the others that was the end.
   * @param aliveAt when the room last said that it knew who was there, ms
   * @returns whether any has ended
   */
  restore(viewing: ReadonlySet<string>, aliveAt: number): boolean {
    for (const session of this.#store.openSessions()) {
      const { visitor, startedAt } = session;
      if (viewing.has(visitor) && !this.#open.has(visitor)) this.#open.set(visitor, session);
      else this.#change({ ...session, endedAt: Math.max(startedAt, aliveAt) });
    }
    return this.#changed.size > 0;
  }

  /** @param startedAt ms */
  begin(visitor: string, startedAt: number): void {
    const session = uuid(startedAt, this.#random);
    const row = { session, visitor, startedAt, endedAt: null };
    this.#open.set(visitor, row);
    this.#change(row);
  }

  /** @param endedAt ms */
  end(visitor: string, endedAt: number): void {
    const session = this.#open.get(visitor);
    if (session === undefined) return;
    this.#open.delete(visitor);
    this.#change({ ...session, endedAt: Math.max(session.startedAt, endedAt) });
  }

  save(): void {
    for (const session of this.#changed.values()) this.#store.saveSession(session);
    this.#changed.clear();
  }

  #change(row: SessionRow): void {
    this.#changed.set(row.session, row);
  }
}
