/** What this gateway allows; a test may set smaller ones. */
export interface Limits {
  /** Upstash's largest request of a paid plan. */
  readonly bodyBytes: number;
  /** Until Redis has taken our connection. */
  readonly connectMs: number;
  /** Until Redis has answered a request; whether it was done is not known then. */
  readonly answerMs: number;
}

export const LIMITS: Limits = {
  bodyBytes: 10 * 1024 * 1024,
  connectMs: 500,
  answerMs: 5_000,
};
