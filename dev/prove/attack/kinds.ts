/** What is tried against the numbers: each kind with the requests of one try and the views that these are worth. */
import type { Minter } from "../../offline-mint.ts";
import type { Shot } from "../safety/sender.ts";

export interface Tools {
  /** A token as the service makes it, and its first key has signed; of another visitor each time. */
  mint(content: string, ageMs: number, visitor?: number): Promise<string>;
  /** By a deployment with the same key ids and other secrets. */
  readonly mintElsewhere: Minter;
  /** Different each time, below 2^32. */
  nextVisitor(): number;
}

/** One try. */
export interface Volley {
  readonly shots: readonly Shot[];
  /** One after the other; without it all at the same time. */
  readonly inTurn?: boolean;
  /** Content and views, where it is worth any. */
  readonly worth?: readonly [content: string, views: number];
}

export interface Kind {
  readonly name: string;
  /** Whose numbers it is after; none where it is after something else. */
  readonly contents: readonly string[];
  /** As `status word`, those that are right; anything else is a complaint. */
  readonly answers: readonly string[];
  /** Of the requests, where others have 1. */
  readonly share?: number;
  /** Requests of one volley. */
  readonly shots?: number;
  volley(index: number, tools: Tools): Promise<Volley>;
}

export const CONFIRM = "/v1/views/confirm?wait=5";

export const confirmOf = (token: string): Shot => ({ path: CONFIRM, body: { token } });

export const confirmMany = (tokens: readonly string[]): Shot => ({
  path: CONFIRM,
  body: { tokens },
});

/** Opened so long ago that its dwell is over, ms. */
export const RIPE_MS = 5_000;
