/** Whether a text was signed by who has one of the keys; in constant time. */
export interface Signatures {
  /** @returns false also when there is no such key */
  verify(keyId: string, text: string, mac: Uint8Array): Promise<boolean>;
}
