import type { Hash64 } from "../core/hash.ts";

/** HMAC-SHA-256 cut to 64 bits: nobody without the salt can tell what went in or choose what comes out. */
export interface KeyedHash {
  hash(salt: Uint8Array, text: string): Promise<Hash64>;
}
