import { DurableObject } from "cloudflare:workers";
import type { SaltKeeper } from "../src/app/views/salt-keeper.ts";
import { composeSaltKeeper } from "../src/compose-objects.ts";
import type { UncheckedEnv } from "../src/env.ts";
import type { DaySalt, SaltsRpc } from "../src/protocol/object-rpc.ts";
import { objectContext } from "./object-context.ts";

/** The one object `salts`: see `src/app/views/salt-keeper.ts`. */
export class Salts extends DurableObject<UncheckedEnv> implements SaltsRpc {
  readonly #keeper: SaltKeeper;

  constructor(ctx: DurableObjectState, env: UncheckedEnv) {
    super(ctx, env);
    this.#keeper = composeSaltKeeper(objectContext(ctx), env);
  }

  async current(): Promise<readonly DaySalt[]> {
    return this.#keeper.current();
  }

  override alarm(): void {
    this.#keeper.alarm();
  }
}
