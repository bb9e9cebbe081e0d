import type { Hash64 } from "../core/hash.ts";
import type { ContentId } from "../core/ids.ts";
import type { CapAnswer } from "../core/sliding-members.ts";

/** What an object of caps offers, as its stub is called. Networks and visitors are known by keys under the day's salt. */
export interface NetworkCapsRpc {
  admitVisitor(network: Hash64, visitor: Hash64, cap: number): Promise<CapAnswer>;
  admitContent(network: Hash64, content: ContentId, cap: number): Promise<CapAnswer>;
}
