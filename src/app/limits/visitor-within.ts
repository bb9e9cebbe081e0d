import { hashText } from "../../core/hash.ts";
import { networkOf } from "../../core/network.ts";
import type { Seen } from "../../core/views/visitor-text.ts";

/**
 * Who somebody seems to be, as limits tell visitors apart: short, and made at once. The network is in it as it is, so
 * that nobody can look for a browser whose hash is that of somebody elsewhere.
 */
export const visitorWithin = ({ client = "", address, userAgent = "" }: Seen): string => {
  const { hi, lo } = hashText(`${client}\n${userAgent}`);
  return `${networkOf(address)}\n${hi}:${lo}`;
};
