import { HOUR_MS } from "../../core/limits.ts";
import { type RuleOnLine, ruleOnLines } from "../../core/views/judged-line.ts";
import type { ExclusionTables } from "../../ports/correction-tables.ts";
import { type HeldDeps, heldInHour } from "./held-lines.ts";

export interface RulesDeps {
  readonly exclusions: Pick<ExclusionTables, "during">;
  /** Absent where nothing is ever suspected. */
  readonly suspicions?: HeldDeps | undefined;
}

/**
 * @param hour start of the hour, ms
 * @returns how lines of the hour are to be judged, as is decided by now
 * @throws when the database fails
 */
export const rulesOfHour = async (
  { exclusions, suspicions }: RulesDeps,
  hour: number,
): Promise<RuleOnLine> => {
  const isHeld = suspicions && (await heldInHour(suspicions, hour));
  return ruleOnLines(await exclusions.during(hour, hour + HOUR_MS), isHeld);
};
