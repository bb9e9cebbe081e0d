import { FINALISE_TIMEOUT_MS, READ_TIMEOUT_MS } from "../../core/limits.ts";
import type { Correctors } from "../../ports/correctors.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import type { CorrectorRpc } from "../../protocol/correction-rpc.ts";
import type { Stubs } from "./stubs.ts";

export const objectCorrectors = (stubs: Stubs<CorrectorRpc>, timers: Timers): Correctors => {
  const ask = <T>(
    shard: number,
    ms: number,
    call: (corrector: CorrectorRpc) => Promise<T>,
  ): Promise<T> => {
    const name = `corrector:${shard}`;
    return demandWithin(call(stubs.getByName(name)), ms, name, timers);
  };
  return {
    correct: (shard, order) => ask(shard, READ_TIMEOUT_MS, (corrector) => corrector.correct(order)),
    // It asks its Tally, and answers with megabytes.
    carryOut: (shard, hour) =>
      ask(shard, FINALISE_TIMEOUT_MS, (corrector) => corrector.carryOut(hour)),
    status: (shard) => ask(shard, READ_TIMEOUT_MS, (corrector) => corrector.status()),
  };
};
