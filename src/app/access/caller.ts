import type { Scope } from "../../protocol/scopes.ts";

/** The deployment's own key, as the audit log names it; no other key may have this name. */
export const ROOT_ACTOR = "admin-key";

/** Whose key it is. */
export interface Caller {
  /** As the audit log names it. */
  readonly actor: string;
  readonly scopes: ReadonlySet<Scope>;
}
