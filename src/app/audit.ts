import type { AuditEntry } from "../ports/audit-entry.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { uuid } from "./uuid.ts";

export interface AuditDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Who does it: the name of a key. */
  readonly actor: string;
}

/** What a deed takes, before it is known whose it is. */
export type Unsigned<Deps extends AuditDeps> = Omit<Deps, "actor">;

/** An operator's deed, as it is kept. */
export type Deed = Pick<AuditEntry, "action" | "subject" | "before" | "after">;

/** @returns the entry of something that happens now */
export const auditOf = ({ clock, random, actor }: AuditDeps, deed: Deed): AuditEntry => {
  const at = clock.now();
  return { id: uuid(at, random), at, actor, ...deed };
};
