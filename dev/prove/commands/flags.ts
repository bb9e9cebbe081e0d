/** What a proof is started with; each says in `prove.ts` which of the flags it heeds. */
import { parseArgs } from "node:util";

/** @returns whether it holds @throws UsageError */
export type Proof = (args: string[]) => Promise<boolean>;

/** Answered with how it should have been asked. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const OPTIONS = {
  rounds: { type: "string", default: "12" },
  acks: { type: "string", default: "6000" },
  flushes: { type: "string", default: "10000" },
  seed: { type: "string", default: `${Date.now() % 1_000_000}` },
  seconds: { type: "string" },
  clients: { type: "string" },
  streams: { type: "string", default: "2000" },
  contents: { type: "string", default: "100000" },
  database: { type: "string", default: "d1" },
  requests: { type: "string" },
  only: { type: "string" },
  state: { type: "string" },
} as const;

/** @throws UsageError for a flag that no proof has */
export const flagsOf = (args: string[]) => {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (cause) {
    return usage(cause instanceof Error ? cause.message : `${cause}`);
  }
};

/** A proof of nothing would hold. @throws UsageError */
export const positive = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) usage(`"${text}" is no number above 0`);
  return Number(text);
};

/** @throws UsageError */
export const usage = (complaint: string): never => {
  throw new UsageError(complaint);
};
