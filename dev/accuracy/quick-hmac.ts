import { createHmac, createSecretKey, KeyObject } from "node:crypto";

/**
 * WebCrypto answers from a pool of threads: six calls an event, each of them a turn of the loop and in an order of their
 * own. Here its HMAC is computed on the spot, so that a seed is a whole run and a million events are minutes. What it
 * computes is the same, which is tried before it is used.
 * @returns puts the platform's own back
 */
export const quickenHmac = async (): Promise<() => void> => {
  const { subtle } = crypto;
  const restore = () =>
    Object.defineProperty(crypto, "subtle", { value: subtle, configurable: true });
  const secret = new Uint8Array(32).fill(7);
  const text = new TextEncoder().encode("the same");
  const slow = await macWith(subtle, secret, text);
  Object.defineProperty(crypto, "subtle", { value: quickHmac, configurable: true });
  const quick = await macWith(crypto.subtle, secret, text);
  if (Buffer.compare(Buffer.from(slow), Buffer.from(quick)) === 0) return restore;
  restore();
  throw new Error("the quick HMAC is another one");
};

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

type Subtle = typeof crypto.subtle;
type Bytes = Uint8Array<ArrayBuffer>;

const macWith = async (subtle: Subtle, secret: Bytes, text: Bytes) =>
  subtle.sign("HMAC", await subtle.importKey("raw", secret, ALGORITHM, false, ["sign"]), text);

const quickHmac = {
  importKey: async (_: string, secret: Uint8Array) => createSecretKey(secret),
  sign: async (_: string, key: unknown, text: Uint8Array) => {
    if (!(key instanceof KeyObject)) throw new Error("this key was not imported here");
    return Uint8Array.from(createHmac("sha256", key).update(text).digest()).buffer;
  },
};
