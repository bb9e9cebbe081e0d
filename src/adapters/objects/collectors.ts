import { COLLECT_TIMEOUT_MS } from "../../core/limits.ts";
import type { Collectors } from "../../ports/collectors.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import type { CollectorRpc } from "../../protocol/object-rpc.ts";
import { isOverloaded, type Stubs } from "./stubs.ts";

export const objectCollectors = (stubs: Stubs<CollectorRpc>, timers: Timers): Collectors => ({
  async append(colo, k, frames) {
    const name = `collector:${colo}:${k}`;
    try {
      const call = stubs.getByName(name).append(frames);
      return await demandWithin(call, COLLECT_TIMEOUT_MS, name, timers);
    } catch (cause) {
      if (isOverloaded(cause)) return { status: "overloaded" };
      throw cause;
    }
  },
});
