const encoder = new TextEncoder();
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

export const importHmacKey = (secret: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", secret, ALGORITHM, false, ["sign"]);

export const hmac = async (key: CryptoKey, text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
