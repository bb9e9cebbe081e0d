import { hexByte } from "../core/hex.ts";

/** @returns 64 digits in lower case */
export const sha256Hex = async (data: string | Uint8Array): Promise<string> => {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), hexByte).join("");
};
