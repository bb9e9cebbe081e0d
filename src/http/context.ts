import type { Context } from "hono";
import type { UncheckedEnv } from "../env.ts";
import type { Scope } from "../protocol/scopes.ts";
import type { Composed, Services } from "../services.ts";

export interface HttpEnv {
  Bindings: UncheckedEnv;
  Variables: {
    services: Services;
    /** Behind the door of operators alone. */
    caller: Caller;
  };
}

/** Whose key it is. */
export interface Caller {
  /** As the audit log names it. */
  readonly actor: string;
  readonly scopes: ReadonlySet<Scope>;
}

export type HttpContext = Context<HttpEnv>;

/** How the app comes by its services, once an isolate. */
export type Compose = (env: UncheckedEnv) => Composed;
