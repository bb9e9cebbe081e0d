import { type Hash64, numberOf } from "../../core/hash.ts";
import type { ContentId } from "../../core/ids.ts";
import {
  CAP_LIFE_MS,
  CAPS_MAX_CONTENTS,
  CAPS_MAX_NETWORKS,
  CAPS_MAX_VISITORS,
} from "../../core/limits.ts";
import { NetworkMembers } from "../../core/network-members.ts";
import { ADMITTED, type CapAnswer } from "../../core/sliding-members.ts";
import type { Clock } from "../../ports/clock.ts";

/**
 * Object `caps:<colo>:<k>`: who of some networks was let in within the hour, exactly. In memory alone, and nothing is
 * restored: an object that begins anew lets as many in once more, where a write for each of them would cost everybody.
 */
export class CapKeeper {
  readonly #clock: Clock;
  readonly #visitors = new NetworkMembers<number>(boundedBy(CAPS_MAX_VISITORS));
  readonly #contents = new NetworkMembers<ContentId>(boundedBy(CAPS_MAX_CONTENTS));

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  admitVisitor(network: Hash64, visitor: Hash64, cap: number): CapAnswer {
    return this.#admit(this.#visitors, network, numberOf(visitor), cap);
  }

  admitContent(network: Hash64, content: ContentId, cap: number): CapAnswer {
    return this.#admit(this.#contents, network, content, cap);
  }

  /** Who is in stays, also above a cap that was lowered. */
  #admit<Member>(
    all: NetworkMembers<Member>,
    network: Hash64,
    member: Member,
    cap: number,
  ): CapAnswer {
    const now = this.#clock.now();
    return all.of(network, (members) => {
      if (!members.has(member, now) && members.size(now) >= cap) {
        return { status: "full", freeInMs: members.freeInMs(now) };
      }
      members.add(member, now);
      return ADMITTED;
    });
  }
}

const boundedBy = (members: number) => ({
  networks: CAPS_MAX_NETWORKS,
  members,
  lifeMs: CAP_LIFE_MS,
});
