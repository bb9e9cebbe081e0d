export type Opened =
  | { readonly status: "genuine"; readonly payload: Uint8Array }
  | { readonly status: "forged" };

/** Seals view tokens with the current key and opens those of every key still known. */
export interface TokenSealer {
  seal(payload: Uint8Array): Promise<string>;
  open(token: string): Promise<Opened>;
}
