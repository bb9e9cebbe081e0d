import { RATE_LIMIT_TIMEOUT_MS } from "../../core/limits.ts";
import type { RateLimit as Port } from "../../ports/rate-limit.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";

/**
 * A limit that cannot be asked lets through: it protects the service, and must not be what stops it.
 * @param binding absent where a deployment's own file has none of that name
 */
export const bindingRateLimit = (binding: RateLimit | undefined, timers: Timers): Port => ({
  async allows(key) {
    if (binding === undefined) return true;
    try {
      const asked = binding.limit({ key });
      const { success } = await demandWithin(asked, RATE_LIMIT_TIMEOUT_MS, "a limit", timers);
      return success;
    } catch {
      return true;
    }
  },
});
