import type { Log } from "../ports/log.ts";
import { Refusal } from "./problem.ts";

/**
 * What could not be saved may be in all the same; a repeat sets the same values.
 * @throws Refusal 503
 */
export const orUnsaved = async <T>(saving: Promise<T>, log: Log): Promise<T> => {
  try {
    return await saving;
  } catch (cause) {
    log.error("admin.not-saved", { cause: `${cause}` });
    throw new Refusal("not-saved", { headers: { "Retry-After": "2" } });
  }
};
