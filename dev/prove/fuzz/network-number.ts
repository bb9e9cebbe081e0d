/** @returns an address of the network of this number, below 2^28: in 16.0.0.0 to 31.255.255.255 */
export const networkNumber = (number: number): string =>
  [16 + (number >>> 24), (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join(".");
