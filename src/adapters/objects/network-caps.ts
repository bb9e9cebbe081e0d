import type { NetworkCapObjects } from "../../ports/network-caps.ts";
import type { NetworkCapsRpc } from "../../protocol/caps-rpc.ts";
import type { Stubs } from "./stubs.ts";

/** Without a timeout of its own: see `guardedCaps`. */
export const objectNetworkCaps = (stubs: Stubs<NetworkCapsRpc>): NetworkCapObjects => {
  const objectOf = (part: string) => stubs.getByName(`caps:${part}`);
  return {
    admitVisitor: (part, ...asked) => objectOf(part).admitVisitor(...asked),
    admitContent: (part, ...asked) => objectOf(part).admitContent(...asked),
  };
};
