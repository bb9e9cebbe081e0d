import type { Context } from "hono";
import type { Caller } from "../app/access/caller.ts";
import type { UncheckedEnv } from "../env.ts";
import type { Composed, Services } from "../services.ts";

export interface HttpEnv {
  Bindings: UncheckedEnv;
  Variables: {
    services: Services;
    /** Behind the door of operators alone. */
    caller: Caller;
  };
}

export type HttpContext = Context<HttpEnv>;

/** How the app comes by its services, once an isolate. */
export type Compose = (env: UncheckedEnv) => Composed;
