/**
 * What tokens are worth that a network makes the service hand out: as many as it gets, by the limits of the mint, and no
 * more than one view a visitor and minute.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { DWELL_MS, MAX_TOKENS } from "../../../src/core/limits.ts";
import { inParallel, type Landed, type Sender } from "../safety/sender.ts";
import { CONFIRM } from "./kinds.ts";

export interface Limit {
  readonly quota: number;
  readonly windowMs: number;
}

export interface Farm {
  readonly name: string;
  readonly content: string;
  /** Of its own, so that nobody else is counted against its limits. */
  readonly address: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The id that the n-th mint says its visitor has. */
  clientOf(index: number): string;
  readonly attempts: number;
  readonly limit: Limit;
  /** Views that tokens are worth. */
  worth(granted: number): Range;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

export interface Farmed {
  readonly farm: Farm;
  readonly granted: number;
  readonly refused: number;
  /** Answers that were neither. */
  readonly others: readonly string[];
  /** Of the first mint to the last, ms. */
  readonly tookMs: number;
  /** Tokens that this much time is worth at most: a full quota in each window that it touches. */
  readonly bound: number;
  /** Of tokens that were handed in for a view, those that were not taken. */
  readonly unconfirmed: number;
}

const PARALLEL = 16;

/** Mints as fast as it lets; stays for the dwell; hands in all that it got. */
export const farm = async (sender: Sender, its: Farm): Promise<Farmed> => {
  const { content, address, headers = {}, attempts, limit } = its;
  const tokens: string[] = [];
  const others: string[] = [];
  let refused = 0;
  const startedAt = performance.now();
  await inParallel(attempts, PARALLEL, async (index) => {
    const body = { content, client: its.clientOf(index) };
    const landed = await sender.send({ path: "/v1/views", body, address, headers });
    const token = tokenOf(landed);
    if (token !== undefined) tokens.push(token);
    else if (landed.status === 429) refused += 1;
    else others.push(`${landed.status} ${landed.word}`);
  });
  const tookMs = Math.round(performance.now() - startedAt);
  await sleep(DWELL_MS);
  const unconfirmed = await handIn(sender, tokens);
  const bound = limit.quota * (Math.ceil(tookMs / limit.windowMs) + 1);
  return { farm: its, granted: tokens.length, refused, others, tookMs, bound, unconfirmed };
};

const tokenOf = ({ status, text }: Landed): string | undefined => {
  if (status !== 202) return undefined;
  const { token } = JSON.parse(text) as { readonly token: string };
  return token;
};

/** From anywhere: a token says of which network it is. @returns how many were not taken */
const handIn = async (sender: Sender, tokens: readonly string[]): Promise<number> => {
  let lost = 0;
  for (let from = 0; from < tokens.length; from += MAX_TOKENS) {
    const some = tokens.slice(from, from + MAX_TOKENS);
    const landed = await sender.send({ path: CONFIRM, body: { tokens: some } });
    if (landed.status !== 200 || landed.word !== "durable") lost += some.length;
  }
  return lost;
};
