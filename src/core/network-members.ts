import { type Hash64, numberOf } from "./hash.ts";
import { SlidingMembers } from "./sliding-members.ts";

export interface NetworkMembersBounds {
  readonly networks: number;
  /** Of all networks together. */
  readonly members: number;
  /** How long each is a member, ms. */
  readonly lifeMs: number;
}

/**
 * Sliding sets by network, in bounded memory: with too many networks, or too many members in all of them, those asked
 * about the longest ago are forgotten with everybody in them. Such a network begins anew, which lets more in, never
 * fewer.
 */
export class NetworkMembers<Member> {
  readonly #bounds: NetworkMembersBounds;
  /** In the order in which they were asked about. */
  readonly #sets = new Map<number, SlidingMembers<Member>>();
  #held = 0;

  constructor(bounds: NetworkMembersBounds) {
    this.#bounds = bounds;
  }

  get networks(): number {
    return this.#sets.size;
  }

  /** Members of all networks, those among them who have left since anybody asked. */
  get held(): number {
    return this.#held;
  }

  /** @param ask what is asked of the network's set, or done to it: at once, since it may be forgotten afterwards */
  of<Answer>(network: Hash64, ask: (members: SlidingMembers<Member>) => Answer): Answer {
    const key = numberOf(network);
    const members = this.#sets.get(key) ?? new SlidingMembers<Member>(this.#bounds.lifeMs);
    const before = members.held;
    const answer = ask(members);
    this.#held += members.held - before;
    this.#sets.delete(key);
    if (members.held > 0) this.#sets.set(key, members);
    this.#forget();
    return answer;
  }

  /** The network that was just asked about stays, however many it has: what bounds it is its cap. */
  #forget(): void {
    const { networks, members } = this.#bounds;
    for (const [key, { held }] of this.#sets) {
      if (this.#sets.size === 1) return;
      if (this.#sets.size <= networks && this.#held <= members) return;
      this.#sets.delete(key);
      this.#held -= held;
    }
  }
}
