export interface RateLimit {
  /** @returns whether one more request of `key` is allowed now */
  allows(key: string): Promise<boolean>;
}
