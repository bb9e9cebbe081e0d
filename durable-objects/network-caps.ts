import { DurableObject } from "cloudflare:workers";
import type { CapKeeper } from "../src/app/views/cap-keeper.ts";
import { composeCapKeeper } from "../src/compose-objects.ts";
import type { Hash64 } from "../src/core/hash.ts";
import type { ContentId } from "../src/core/ids.ts";
import type { CapAnswer } from "../src/core/sliding-members.ts";
import type { UncheckedEnv } from "../src/env.ts";
import type { NetworkCapsRpc } from "../src/protocol/caps-rpc.ts";

/** Objects `caps:<colo>:<k>`, which store nothing: see `src/app/views/cap-keeper.ts`. */
export class NetworkCaps extends DurableObject<UncheckedEnv> implements NetworkCapsRpc {
  readonly #keeper: CapKeeper = composeCapKeeper();

  async admitVisitor(network: Hash64, visitor: Hash64, cap: number): Promise<CapAnswer> {
    return this.#keeper.admitVisitor(network, visitor, cap);
  }

  async admitContent(network: Hash64, content: ContentId, cap: number): Promise<CapAnswer> {
    return this.#keeper.admitContent(network, content, cap);
  }
}
