/** The unit of addresses one household or office has: a full IPv4 address, an IPv6 /64 (RFC 6177). */

/**
 * @param address as the platform gives it; text that is no address counts as a network of its own
 * @returns canonical text, equal for addresses of the same network
 */
export const networkOf = (address: string): string => {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? `${prefix64(address)}::/64`;
};

const prefix64 = (address: string): string => {
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  return [...left, ...zeros, ...right].slice(0, 4).join(":");
};

const groupsOf = (text: string): string[] =>
  text === "" ? [] : text.split(":").map((group) => Number.parseInt(group || "0", 16).toString(16));
