import type { AuditDeps, Unsigned } from "../app/audit.ts";
import type { HttpContext } from "./context.ts";

/** @returns what a deed takes, signed by whose key it is */
export const signed = <Deps extends Unsigned<AuditDeps>>(c: HttpContext, deps: Deps) => ({
  ...deps,
  actor: c.get("caller").actor,
});
