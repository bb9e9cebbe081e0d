/** The unit of addresses one household or office has: a full IPv4 address, an IPv6 /64 (RFC 6177). */

/**
 * @param address as the platform gives it; text that is no address counts as a network of its own
 * @returns canonical text, equal for addresses of the same network, also for an IPv4 address mapped into IPv6
 */
export const networkOf = (address: string): string => {
  if (!address.includes(":")) return address;
  const groups = groupsOf(address);
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (isMapped) return dotted(groups.slice(6));
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
};

/** The eight groups of an IPv6 address (RFC 4291, section 2.2); a part that is no number reads as 0. */
const groupsOf = (address: string): number[] => {
  const [left = [], right = []] = (address.split("%")[0] ?? "").split("::").map(parseGroups);
  const zeros = Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0);
  return [...left, ...zeros, ...right];
};

const parseGroups = (text: string): number[] =>
  text === ""
    ? []
    : text
        .split(":")
        .flatMap((group) => (group.includes(".") ? pairs(group) : parseInt(group, 16) || 0));

/** `203.0.113.7` as two groups. */
const pairs = (text: string): number[] => {
  const [a = 0, b = 0, c = 0, d = 0] = text.split(".").map(Number);
  return [a * 256 + b, c * 256 + d];
};

const dotted = (groups: readonly number[]): string =>
  groups.flatMap((group) => [group >> 8, group & 0xff]).join(".");

/** @returns the /48 an IPv6 address is in, which one customer may have as a whole (RFC 6177); of IPv4, nothing */
export const wideNetworkOf = (address: string): string | undefined => {
  const network = networkOf(address);
  if (!network.endsWith("::/64")) return undefined;
  return `${network.split(":").slice(0, 3).join(":")}::/48`;
};
