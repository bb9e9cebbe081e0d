/** How many requests of whom in which time: one variable, checked, with the defaults of whatever it leaves out. */
import {
  DEFAULT_QUOTAS,
  isPolicyName,
  type PolicyName,
  type Quotas,
} from "./core/rate-policies.ts";
import type { Quota } from "./core/sliding-window.ts";

/** `off`: nobody is ever refused. For measurements, and for who has limits of their own in front. */
export type Limits = Quotas | "off";

type Refuse = (variable: string, reason: string) => undefined;

const POLICY = /^([a-z-]+)=([1-9]\d{0,6})\/(10|60)$/;

/**
 * @param text `mint=600/60, mint-visitor=120/60`: requests in 10 or in 60 s, the two periods a binding can have
 * @returns undefined when something is wrong, and has been refused
 */
export const checkLimits = (text: string | undefined, refuse: Refuse): Limits | undefined => {
  if (text === undefined || text === "") return DEFAULT_QUOTAS;
  if (text === "off") return "off";
  const named = new Map<PolicyName, Quota>();
  for (const part of text.split(",").map((one) => one.trim())) {
    const [, name = "", limit, seconds] = POLICY.exec(part) ?? [];
    if (limit === undefined) {
      return refuse("LIMITS", `"${part}" is not NAME=REQUESTS/SECONDS, with 10 or 60 seconds`);
    }
    if (!isPolicyName(name)) return refuse("LIMITS", `nothing is limited under the name "${name}"`);
    if (named.has(name)) return refuse("LIMITS", `"${name}" is there twice`);
    named.set(name, { limit: Number(limit), windowMs: Number(seconds) * 1_000 });
  }
  return { ...DEFAULT_QUOTAS, ...Object.fromEntries(named) };
};
