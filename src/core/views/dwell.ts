import { DWELL_MS, TOKEN_LIFE_MS } from "../limits.ts";

export type Dwell =
  | { readonly status: "confirmed" }
  | { readonly status: "early"; readonly retryAfterMs: number }
  | { readonly status: "expired" };

/**
 * Whether a token may be confirmed now: `issued + 3000 ms <= now < issued + 10 min`, both by the server's clock.
 * @param issuedAt issue time of the token in ms
 */
export const judgeDwell = (issuedAt: number, now: number): Dwell => {
  const age = now - issuedAt;
  if (age < DWELL_MS) return { status: "early", retryAfterMs: DWELL_MS - age };
  if (age >= TOKEN_LIFE_MS) return { status: "expired" };
  return { status: "confirmed" };
};
