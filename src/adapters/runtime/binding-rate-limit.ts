import type { RateLimit as Port } from "../../ports/rate-limit.ts";

/** A limit that cannot be asked lets through: it protects the service, and must not be what stops it. */
export const bindingRateLimit = (binding: RateLimit): Port => ({
  async allows(key) {
    try {
      return (await binding.limit({ key })).success;
    } catch {
      return true;
    }
  },
});
