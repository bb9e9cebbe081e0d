import type { ContentId } from "../../core/ids.ts";
import { MEMO_MAX_ENTRIES } from "../../core/limits.ts";
import { capOf, type NetworkCaps } from "../../core/views/network-cap.ts";
import type { NetworkCapObjects } from "../../ports/network-caps.ts";
import { BoundedMap } from "../bounded-map.ts";
import { CapDoor, type CapDoorDeps, type CapOrigin } from "./cap-door.ts";
import { type CountedDeps, wasCounted } from "./was-counted.ts";

export interface ContentCapDeps extends CapDoorDeps, CountedDeps {
  readonly caps: NetworkCaps;
  readonly objects: Pick<NetworkCapObjects, "admitContent">;
}

export type ContentAnswer =
  | { readonly status: "admitted" }
  /** With the cap it met, and when it may be admitted, ms. */
  | { readonly status: "full"; readonly cap: number; readonly freeInMs: number };

/** How many contents a network may be the first to open. */
export interface ContentCap {
  admits(origin: CapOrigin, content: ContentId): Promise<ContentAnswer>;
}

const ADMITTED: ContentAnswer = { status: "admitted" };

/** Where only operators make contents, nobody makes too many. */
export const anyContent: ContentCap = { admits: () => Promise.resolve(ADMITTED) };

/**
 * A content that was ever counted is never refused, and has no place: its Tally is asked before the network's object,
 * once an isolate. While that cannot be said, nothing is refused.
 */
export const contentCap = ({ caps, objects, ...deps }: ContentCapDeps): ContentCap => {
  const door = new CapDoor<ContentId>(deps);
  const counted = new BoundedMap<ContentId, true>(MEMO_MAX_ENTRIES);
  return {
    async admits(origin, content) {
      const { contents: cap } = capOf(caps, origin.asnClass);
      if (counted.get(content) || door.passes(origin, content, cap)) return ADMITTED;
      const isKnown = await wasCounted(deps, content).catch(() => undefined);
      if (isKnown) counted.set(content, true);
      if (isKnown !== false) return ADMITTED;
      const answer = await door.admit(origin, content, cap, (part, left) =>
        objects.admitContent(part, origin.network, content, left),
      );
      return answer.status === "full" ? { ...answer, cap } : ADMITTED;
    },
  };
};
