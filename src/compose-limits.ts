/** Limits of requests: what an isolate counts itself, and the bindings that isolates of a location share. */
import { bindingRateLimit } from "./adapters/runtime/binding-rate-limit.ts";
import { systemClock as clock, systemTimers as timers } from "./adapters/runtime/runtime.ts";
import { webCryptoHiddenKey } from "./adapters/webcrypto/hidden-key.ts";
import { Limiter } from "./app/limits/limiter.ts";
import type { PolicyName } from "./core/rate-policies.ts";
import type { Config, UncheckedEnv } from "./env.ts";

export const makeLimiter = (env: UncheckedEnv, { limits, tokenKeys }: Config): Limiter => {
  const [{ secret }] = tokenKeys;
  return new Limiter({
    quotas: limits,
    clock,
    shared: (policy) => bindingRateLimit(env[BINDINGS[policy]], timers),
    hide: webCryptoHiddenKey(secret),
  });
};

/** By name, so that a binding nobody has is found when this is compiled. */
const BINDINGS = {
  mint: "MINT_LIMIT",
  "mint-hosting": "MINT_HOSTING_LIMIT",
  "mint-visitor": "MINT_VISITOR_LIMIT",
  confirm: "CONFIRM_LIMIT",
  "confirm-hosting": "CONFIRM_HOSTING_LIMIT",
  "confirm-visitor": "CONFIRM_VISITOR_LIMIT",
  join: "JOIN_LIMIT",
  "join-hosting": "JOIN_HOSTING_LIMIT",
  "join-visitor": "JOIN_VISITOR_LIMIT",
  heartbeat: "HEARTBEAT_LIMIT",
  "heartbeat-hosting": "HEARTBEAT_HOSTING_LIMIT",
  read: "READ_LIMIT",
  "read-hosting": "READ_HOSTING_LIMIT",
  receipt: "RECEIPT_LIMIT",
} as const satisfies Record<PolicyName, keyof UncheckedEnv>;
