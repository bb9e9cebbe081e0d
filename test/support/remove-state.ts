import { rmSync } from "node:fs";
import { leaksOn } from "../../dev/prove/canary/state.ts";

/**
 * Removes the state of services that have ended, with a look through all that they wrote.
 * @throws Error with every address, user agent, token, ticket and secret that is in it, or was printed
 */
export const removeState = (state: string): void => {
  const leaks = leaksOn(state);
  rmSync(state, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  if (leaks.length > 0) throw new Error(`${state} had written down\n${leaks.join("\n")}`);
};
