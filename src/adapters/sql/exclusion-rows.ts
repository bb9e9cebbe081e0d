import type { Exclusion } from "../../ports/correction-tables.ts";

interface StoredExclusion extends Omit<Exclusion, "content" | "toAt"> {
  readonly content: string | null;
  readonly toAt: number | null;
}

/** As the port has it: what a column holds as NULL is absent. */
export const asExclusion = ({ content, toAt, ...row }: StoredExclusion): Exclusion => ({
  ...row,
  content: content ?? undefined,
  toAt: toAt ?? undefined,
});
