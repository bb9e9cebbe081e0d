import type { Suspicion } from "../../ports/suspicion-tables.ts";

interface StoredSuspicion extends Omit<Suspicion, "decided"> {
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
}

/** As the port has it: what a column holds as NULL is absent. */
export const asSuspicion = ({ decidedAt, decidedBy, ...row }: StoredSuspicion): Suspicion => ({
  ...row,
  decided: decidedAt === null ? undefined : { at: decidedAt, by: decidedBy ?? "" },
});

export const suspicionRow = ({ decided, ...suspicion }: Suspicion) => ({
  ...suspicion,
  decidedAt: decided?.at ?? null,
  decidedBy: decided?.by ?? null,
});
