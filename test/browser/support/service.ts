/** A service as `npm start` runs it, on a state and secrets of its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startService } from "../../../dev/service.ts";
import { begunState } from "../../support/begun-state.ts";
import { removeState } from "../../support/remove-state.ts";
import { TICKET_KEYS } from "./ticket.ts";

/** Where a service is, which another may have started. */
export interface KnownService {
  readonly url: string;
  /** The file of its secrets. */
  readonly secrets: string;
}

export interface OwnService {
  /** As it is now: another one after a restart. */
  now(): KnownService;
  /** `kill -9`, all of it, and a new start on the same state. */
  killAndRestart(): Promise<void>;
  close(): Promise<void>;
}

/** All tests come from one network, and open more contents than one is taken for in an hour. */
const VARIABLES = [TICKET_KEYS, `NEW_CONTENTS_PER_NETWORK="1000"`];

export const startOwnService = async (): Promise<OwnService> => {
  const state = await begunState("headcount-browser");
  const secrets = join(state, ".dev.vars");
  writeFileSync(secrets, VARIABLES.map((line) => `${line}\n`).join(""));
  const start = () => startService({ state, secrets, port: 0 });
  let service = await start();

  const kill = async (): Promise<void> => {
    const runtime = service.runtimePid();
    service.signal("SIGKILL");
    if (runtime !== undefined) process.kill(runtime, "SIGKILL");
    await service.exited;
  };
  return {
    now: () => ({ url: service.url, secrets }),
    async killAndRestart() {
      await kill();
      service = await start();
    },
    async close() {
      await kill();
      removeState(state);
    },
  };
};
