const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** @returns two lower-case digits of the lowest eight bits; from a table, since every event of the raw log takes dozens */
export const hexByte = (value: number): string => BYTES[value & 0xff] ?? "";
