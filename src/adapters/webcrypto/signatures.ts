import type { Signatures } from "../../ports/signatures.ts";

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

const encoder = new TextEncoder();

/** @param keys to rotate, have both for as long as anybody signs with the old one */
export const webCryptoSignatures = (
  keys: readonly { readonly id: string; readonly secret: Uint8Array }[],
): Signatures => {
  const imported = new Map(
    keys.map(({ id, secret }) => [
      id,
      crypto.subtle.importKey("raw", secret, ALGORITHM, false, ["verify"]),
    ]),
  );
  return {
    async verify(keyId, text, mac) {
      const key = await imported.get(keyId);
      // WebCrypto compares in constant time, and refuses a MAC of any other length.
      return key !== undefined && crypto.subtle.verify("HMAC", key, mac, encoder.encode(text));
    },
  };
};
