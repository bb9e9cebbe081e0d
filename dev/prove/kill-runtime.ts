import { setTimeout as sleep } from "node:timers/promises";
import type { Service } from "../service.ts";

const POLL_MS = 250;

/** Waits for a runtime to kill: after the last kill there may not be one yet. */
export const killRuntime = async (service: Service): Promise<void> => {
  for (let pid = service.runtimePid(); ; pid = service.runtimePid()) {
    if (pid !== undefined) return void process.kill(pid, "SIGKILL");
    await sleep(POLL_MS);
  }
};
