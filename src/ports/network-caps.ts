import type { Hash64 } from "../core/hash.ts";
import type { ContentId } from "../core/ids.ts";
import type { CapAnswer } from "../core/sliding-members.ts";

/**
 * The objects that keep the caps of networks, `part` being `<colo>:<k>`. Every call throws when the object fails or does
 * not answer in time, and is safe to repeat.
 */
export interface NetworkCapObjects {
  /** Lets a visitor in, or stay, if the network has then no more than `cap` within the hour. */
  admitVisitor(part: string, network: Hash64, visitor: Hash64, cap: number): Promise<CapAnswer>;
  /** The same of a content that is new. */
  admitContent(part: string, network: Hash64, content: ContentId, cap: number): Promise<CapAnswer>;
}
