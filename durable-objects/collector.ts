import { DurableObject } from "cloudflare:workers";
import type { Collector as CollectorLog } from "../src/app/views/collector.ts";
import { composeCollector } from "../src/compose-objects.ts";
import type { UncheckedEnv } from "../src/env.ts";
import type { CollectAnswer, CollectorRpc } from "../src/protocol/object-rpc.ts";
import { objectContext } from "./object-context.ts";

/** Object `collector:<colo>:<k>`: see `src/app/views/collector.ts`. */
export class Collector extends DurableObject<UncheckedEnv> implements CollectorRpc {
  readonly #collector: CollectorLog;

  constructor(ctx: DurableObjectState, env: UncheckedEnv) {
    super(ctx, env);
    this.#collector = composeCollector(objectContext(ctx), env);
  }

  append(frames: Uint8Array): Promise<CollectAnswer> {
    return this.#collector.append(frames);
  }

  override alarm(): Promise<void> {
    return this.#collector.alarm();
  }
}
