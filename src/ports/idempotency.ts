/** A request that is about to be done, and that may come again. */
export interface Claim {
  /** Hash of the key as the caller gave it, and of who the caller is. */
  readonly key: string;
  /** See `src/protocol/path-hash.ts`. */
  readonly pathHash: string;
  /** Of all that makes the request what it is. */
  readonly requestHash: string;
  /** Of this one attempt. */
  readonly owner: string;
  /** Ms. */
  readonly at: number;
}

/** Whose claim it is: what another attempt has taken over is not touched. */
export type Held = Pick<Claim, "key" | "owner">;

export interface KeptAnswer {
  readonly status: number;
  /** `Content-Type` */
  readonly type: string;
  readonly body: string;
}

export type ClaimOutcome =
  /** By this attempt, which is to do it. */
  | { readonly status: "claimed" }
  /** The same request is being worked on. */
  | { readonly status: "in-progress" }
  /** The key belongs to another request. */
  | { readonly status: "other-request" }
  | { readonly status: "done"; readonly answer: KeptAnswer };

/** Times in ms; each is out when it is at the bound or before. */
export interface ClaimBounds {
  /** The owner of a claim without a sign of life since then has died, and the same request may take it over. */
  readonly deadAt: number;
  /** What is so old is as if it had never been. */
  readonly expiredAt: number;
}

/** What is known of requests by their keys. Every write is safe to repeat. */
export interface IdempotencyTables {
  /** Of any number of attempts at a time one has it. */
  claim(claim: Claim, bounds: ClaimBounds): Promise<ClaimOutcome>;
  /** A sign of life. */
  renew(held: Held, at: number): Promise<void>;
  keep(held: Held, answer: KeptAnswer): Promise<void>;
  /** The next attempt runs. */
  release(held: Held): Promise<void>;
  /**
   * Deletes what was claimed before the bound, at most `limit`.
   * @param before ms
   * @returns how many were deleted
   */
  deleteBefore(before: number, limit: number): Promise<number>;
}
