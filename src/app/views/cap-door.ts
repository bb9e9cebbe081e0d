import type { Hash64 } from "../../core/hash.ts";
import {
  CAP_FREE,
  CAP_LIFE_MS,
  CAPS_ISOLATE_MAX_MEMBERS,
  CAPS_MAX_NETWORKS,
  CAPS_PER_COLO,
} from "../../core/limits.ts";
import { NetworkMembers } from "../../core/network-members.ts";
import { ADMITTED, type CapAnswer } from "../../core/sliding-members.ts";
import type { AsnClass } from "../../core/views/view-event.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import { isResting } from "../../ports/resting.ts";

/** From where a view is opened. */
export interface CapOrigin {
  readonly colo: string;
  /** Under the day's salt: a network's caps begin anew with the reporting day. */
  readonly network: Hash64;
  readonly asnClass: AsnClass;
}

export interface CapDoorDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** Asks the network's object. */
export type AskObject = (part: string, cap: number) => Promise<CapAnswer>;

/**
 * An isolate's part of a cap: the first few of a network within the hour, and who was let in within it, pass without a
 * call. The object is asked for the rest. An admission is remembered for no longer than there, from before it was asked.
 */
export class CapDoor<Member> {
  readonly #deps: CapDoorDeps;
  readonly #known = new NetworkMembers<Member>({
    networks: CAPS_MAX_NETWORKS,
    members: CAPS_ISOLATE_MAX_MEMBERS,
    lifeMs: CAP_LIFE_MS,
  });

  constructor(deps: CapDoorDeps) {
    this.#deps = deps;
  }

  /** @returns whether the member passes without anybody being asked; it then has a place */
  passes({ network }: CapOrigin, member: Member, cap: number): boolean {
    const now = this.#deps.clock.now();
    return this.#known.of(network, (members) => {
      if (members.has(member, now)) return true;
      if (members.size(now) >= Math.min(cap, CAP_FREE)) return false;
      members.add(member, now);
      return true;
    });
  }

  /** Of one that does not pass. An object that cannot be asked lets in, and nobody remembers that. */
  async admit(origin: CapOrigin, member: Member, cap: number, ask: AskObject): Promise<CapAnswer> {
    const { clock, log } = this.#deps;
    const { colo, network } = origin;
    const now = clock.now();
    if (cap <= CAP_FREE) {
      const freeInMs = this.#known.of(network, (members) => members.freeInMs(now));
      return { status: "full", freeInMs };
    }
    try {
      const answer = await ask(`${colo}:${network.lo % CAPS_PER_COLO}`, cap - CAP_FREE);
      if (answer.status === "admitted") {
        this.#known.of(network, (members) => members.add(member, now));
      }
      return answer;
    } catch (cause) {
      if (!isResting(cause)) log.warn("caps.unreachable", { colo, cause: `${cause}` });
      return ADMITTED;
    }
  }
}
