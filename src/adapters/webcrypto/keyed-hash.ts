import type { KeyedHash } from "../../ports/keyed-hash.ts";
import { type HmacKey, hmac, importHmacKey } from "./hmac.ts";

/** Keeps the imported keys of the salts in use: two or three at a time. */
export const webCryptoKeyedHash = (): KeyedHash => {
  const keys = new WeakMap<Uint8Array, Promise<HmacKey>>();
  const keyOf = (salt: Uint8Array): Promise<HmacKey> => {
    const key = keys.get(salt) ?? importHmacKey(salt);
    keys.set(salt, key);
    return key;
  };
  return {
    async hash(salt, text) {
      const bytes = await hmac(await keyOf(salt), text);
      const view = new DataView(bytes.buffer);
      return { hi: view.getUint32(0), lo: view.getUint32(4) };
    },
  };
};
