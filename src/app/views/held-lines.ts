import { HOUR_MS } from "../../core/limits.ts";
import { type HeldEvent, heldBy, type SuspectMode } from "../../core/suspicion/held.ts";
import { culpritOf, QUIET_MS } from "../../core/suspicion/open-suspicion.ts";
import type { SuspicionTables } from "../../ports/suspicion-tables.ts";

export interface HeldDeps {
  readonly mode: SuspectMode;
  readonly tables: Pick<SuspicionTables, "during">;
}

/**
 * @param hour start of the hour, ms
 * @returns whether an event of the hour that was held as `suspect` is not to count. @see heldBy
 * @throws when the database fails
 */
export const heldInHour = async (
  { mode, tables }: HeldDeps,
  hour: number,
): Promise<(event: HeldEvent) => boolean> => {
  if (mode === "count") return () => false;
  const records = await tables.during(hour - QUIET_MS, hour + HOUR_MS);
  const suspicions = records.flatMap(({ detail, ...record }) => {
    const culprit = culpritOf(detail);
    return culprit === undefined ? [] : [{ ...record, culprit }];
  });
  return heldBy(mode, suspicions);
};
