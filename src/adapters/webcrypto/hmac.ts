const encoder = new TextEncoder();
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/** By inference: Workers and Node agree on the value, and not on where its type is found. */
export type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

export const importHmacKey = (secret: Uint8Array): Promise<HmacKey> =>
  crypto.subtle.importKey("raw", secret, ALGORITHM, false, ["sign"]);

export const hmac = async (key: HmacKey, text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
