import { DurableObject } from "cloudflare:workers";
import type { Corrector as HourCorrector } from "../src/app/views/correction/corrector.ts";
import { composeCorrector } from "../src/compose-objects.ts";
import type { UncheckedEnv } from "../src/env.ts";
import type {
  CarryAnswer,
  CorrectionOrder,
  CorrectionQueued,
  CorrectorRpc,
  CorrectorStatus,
} from "../src/protocol/correction-rpc.ts";
import { objectContext } from "./object-context.ts";

/** Object `corrector:<shard>`: see `src/app/views/correction/corrector.ts`. */
export class Corrector extends DurableObject<UncheckedEnv> implements CorrectorRpc {
  readonly #corrector: HourCorrector;

  constructor(ctx: DurableObjectState, env: UncheckedEnv) {
    super(ctx, env);
    this.#corrector = composeCorrector(objectContext(ctx), env);
  }

  async correct(order: CorrectionOrder): Promise<CorrectionQueued> {
    return this.#corrector.correct(order);
  }

  carryOut(hour: number): Promise<CarryAnswer> {
    return this.#corrector.carryOut(hour);
  }

  async status(): Promise<CorrectorStatus> {
    return this.#corrector.status();
  }

  override alarm(): Promise<void> {
    return this.#corrector.alarm();
  }
}
