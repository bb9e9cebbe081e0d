import { type Hash64, numberOf } from "../../core/hash.ts";
import { capOf, type NetworkCaps } from "../../core/views/network-cap.ts";
import type { NetworkCapObjects } from "../../ports/network-caps.ts";
import { CapDoor, type CapDoorDeps, type CapOrigin } from "./cap-door.ts";

export interface VisitorCapDeps extends CapDoorDeps {
  readonly caps: NetworkCaps;
  readonly objects: Pick<NetworkCapObjects, "admitVisitor">;
}

/** How many visitors a network may have. */
export interface VisitorCap {
  /** @returns whether it is a visitor of its own; else it is the one that all further ones of the network are */
  admits(origin: CapOrigin, visitor: Hash64): Promise<boolean>;
}

export const visitorCap = ({ caps, objects, ...deps }: VisitorCapDeps): VisitorCap => {
  const door = new CapDoor<number>(deps);
  return {
    async admits(origin, visitor) {
      const member = numberOf(visitor);
      const { visitors } = capOf(caps, origin.asnClass);
      if (door.passes(origin, member, visitors)) return true;
      const answer = await door.admit(origin, member, visitors, (part, cap) =>
        objects.admitVisitor(part, origin.network, visitor, cap),
      );
      return answer.status === "admitted";
    },
  };
};
