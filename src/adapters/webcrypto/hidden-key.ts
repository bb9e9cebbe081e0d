import { toBase64Url } from "../../protocol/base64url.ts";
import { hmac, importHmacKey } from "./hmac.ts";

/** What else the secret seals begins with a version, so no token tells this key. */
const PURPOSE = "keys of limits\n";

/** Enough that nobody shares a limit by chance. */
const KEY_BYTES = 16;

/**
 * Keys under which all isolates know the same network or visitor, and nobody outside can tell which: made with a key of
 * its own out of a secret that isolates share. The platform forgets them with the window they are counted in.
 */
export const webCryptoHiddenKey = (secret: Uint8Array): ((text: string) => Promise<string>) => {
  const key = importHmacKey(secret)
    .then((secretKey) => hmac(secretKey, PURPOSE))
    .then(importHmacKey);
  return async (text) => toBase64Url((await hmac(await key, text)).subarray(0, KEY_BYTES));
};
