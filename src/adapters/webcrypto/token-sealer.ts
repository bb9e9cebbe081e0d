import type { TokenSealer } from "../../ports/token-sealer.ts";
import { formatToken, MAC_BYTES, parseToken, signedPart } from "../../protocol/view-token.ts";
import { hmac, importHmacKey } from "./hmac.ts";

export interface TokenKey {
  readonly id: string;
  readonly secret: Uint8Array;
}

/**
 * @param keys the first seals, every one opens: to rotate, put the new key first and drop the old one once its
 * last tokens are out of life, or receipts of them are no longer given
 */
export const webCryptoSealer = (keys: readonly [TokenKey, ...TokenKey[]]): TokenSealer => {
  const imported = new Map(keys.map(({ id, secret }) => [id, importHmacKey(secret)]));
  const mac = async (keyId: string, signed: string) => {
    const key = imported.get(keyId);
    return key === undefined ? undefined : (await hmac(await key, signed)).subarray(0, MAC_BYTES);
  };

  return {
    async seal(payload) {
      const keyId = keys[0].id;
      const signed = signedPart(keyId, payload);
      return formatToken(signed, (await mac(keyId, signed)) ?? new Uint8Array(0));
    },
    async open(token) {
      const parts = parseToken(token);
      if (parts === undefined) return { status: "forged" };
      const expected = await mac(parts.keyId, parts.signed);
      if (expected === undefined || !equalInConstantTime(expected, parts.mac)) {
        return { status: "forged" };
      }
      return { status: "genuine", payload: parts.payload };
    },
  };
};

/** Both are `MAC_BYTES` long, so the time taken says nothing of where they differ. */
const equalInConstantTime = (a: Uint8Array, b: Uint8Array): boolean => {
  let difference = a.length ^ b.length;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
};
