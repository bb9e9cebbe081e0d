/** Which limits of requests there are, by name: the same in the variable `LIMITS`, in answers and among the bindings. */
import type { Quota } from "./sliding-window.ts";

/** What can be asked too often. */
export type Action = "mint" | "confirm" | "join" | "heartbeat" | "read" | "receipt";

/** What is also limited by visitor, whatever network they are in or move to. */
export type VisitorAction = "mint" | "confirm" | "join";

/** What has a lower limit for networks that rent out servers. */
type TieredAction = Exclude<Action, "receipt">;

export type PolicyName = Action | `${TieredAction}-hosting` | `${VisitorAction}-visitor`;

export type Quotas = Readonly<Record<PolicyName, Quota>>;

const perMinute = (limit: number): Quota => ({ limit, windowMs: 60_000 });

/**
 * A school or an office behind one address reads a lot, and everybody there at once: its tier is generous. Servers are
 * seldom readers. A person opens a page every other second at most, and joins a stream as often as they reload.
 */
export const DEFAULT_QUOTAS: Quotas = {
  mint: perMinute(600),
  "mint-hosting": perMinute(60),
  "mint-visitor": perMinute(120),
  confirm: perMinute(1_200),
  "confirm-hosting": perMinute(120),
  "confirm-visitor": perMinute(240),
  join: perMinute(600),
  "join-hosting": perMinute(60),
  "join-visitor": perMinute(30),
  heartbeat: perMinute(1_200),
  "heartbeat-hosting": perMinute(120),
  read: perMinute(6_000),
  "read-hosting": perMinute(3_000),
  receipt: perMinute(30),
};

export const isPolicyName = (name: string): name is PolicyName =>
  Object.hasOwn(DEFAULT_QUOTAS, name);

/** @returns under what a network of this kind is limited */
export const networkPolicy = (action: Action, hosting: boolean): PolicyName =>
  hosting && action !== "receipt" ? `${action}-hosting` : action;
