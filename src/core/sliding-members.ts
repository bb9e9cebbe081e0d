/** Whether one more may be let in, and if not, when a place may be free, ms. */
export type CapAnswer =
  | { readonly status: "admitted" }
  | { readonly status: "full"; readonly freeInMs: number };

export const ADMITTED: CapAnswer = { status: "admitted" };

/**
 * The distinct members of a set, each in it for the same time from when it was added last: exact, and a step each.
 * A weighted pair of buckets, which is enough for counting requests, cannot tell who was there before; and somebody
 * who was is never the one too many.
 */
export class SlidingMembers<Member> {
  readonly #lifeMs: number;
  /** When each is out, ms. All stay equally long, so the order of adding is that of leaving. */
  readonly #until = new Map<Member, number>();
  #latest = Number.NEGATIVE_INFINITY;

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  /** How many are kept, those among them who have left since anybody asked. */
  get held(): number {
    return this.#until.size;
  }

  has(member: Member, now: number): boolean {
    this.#drop(now);
    return this.#until.has(member);
  }

  size(now: number): number {
    this.#drop(now);
    return this.#until.size;
  }

  /** Who is in stays from now on. */
  add(member: Member, now: number): void {
    this.#drop(now);
    this.#until.delete(member);
    this.#until.set(member, this.#latest + this.#lifeMs);
  }

  /** Until the next one leaves, ms; with none in there is nobody to wait for, and it is as long as anybody stays. */
  freeInMs(now: number): number {
    this.#drop(now);
    for (const until of this.#until.values()) return until - this.#latest;
    return this.#lifeMs;
  }

  /** A clock that goes back stands still here, or those added then would leave out of order. */
  #drop(now: number): void {
    this.#latest = Math.max(this.#latest, now);
    for (const [member, until] of this.#until) {
      if (until > this.#latest) return;
      this.#until.delete(member);
    }
  }
}
