/** A service as `npm start` runs it, on the stores that were chosen, and the site that counts with it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureSecrets, readVariables } from "../../dev/run/secrets.ts";
import { type Service, startService } from "../../dev/service.ts";
import { begunState } from "./begun-state.ts";
import { type Site, siteAt } from "./end-to-end-site.ts";
import { removeState } from "./remove-state.ts";

export interface Stores {
  readonly database: "d1" | "mysql";
  readonly readModel: "objects" | "redis";
}

/** Longer than a machine takes that is busy; a list in Redis vouches for itself after half a minute. */
export const PATIENCE = { timeout: 90_000, interval: 250 };

/** Tests of one service run one after the other, services side by side: each of them mostly waits. */
export const IN_ORDER = { concurrent: false };

/** Who answers readers, when it is not the isolate's memory. */
const SOURCES = {
  objects: { counts: "tally", streams: "room", ranking: "rankings" },
  redis: { counts: "readmodel", streams: "readmodel", ranking: "readmodel" },
} as const;

export class Deployment {
  readonly source: (typeof SOURCES)[Stores["readModel"]];
  readonly #stores: Stores;
  readonly #leaving: (() => void)[] = [];
  #running: { readonly state: string; readonly service: Service; readonly site: Site } | undefined;

  constructor(stores: Stores) {
    this.#stores = stores;
    this.source = SOURCES[stores.readModel];
  }

  get site(): Site {
    return this.#now.site;
  }

  /** Without a slash at its end. */
  get url(): string {
    return this.#now.service.url;
  }

  async begin(): Promise<void> {
    const { database, readModel } = this.#stores;
    const state = await begunState(`headcount-${database}-${readModel}`);
    const secrets = secretsIn(state);
    writeFileSync(secrets, `DATABASE="${database}"\nREAD_MODEL="${readModel}"\n`);
    ensureSecrets(secrets);
    await this.#start(state);
  }

  /** Ends it in good order, and starts it again on what it left. @returns the exit code of the one that ended */
  async restart(): Promise<number | null> {
    const { state } = this.#now;
    const code = await this.#stop();
    await this.#start(state);
    return code;
  }

  async end(): Promise<void> {
    if (this.#running === undefined) return;
    const { state } = this.#running;
    this.leave();
    await this.#stop();
    removeState(state);
  }

  /** Visitors that somebody has to send away. */
  stays(...visitors: readonly { leave(): void }[]): void {
    for (const { leave } of visitors) this.#leaving.push(leave);
  }

  /** All visitors that are there. */
  leave(): void {
    for (const leave of this.#leaving.splice(0)) leave();
  }

  get #now() {
    if (this.#running === undefined) throw new Error("the service was not started");
    return this.#running;
  }

  async #start(state: string): Promise<void> {
    const secrets = secretsIn(state);
    const service = await startService({ state, secrets, port: 0 });
    const { ADMIN_KEY: adminKey = "" } = readVariables(secrets);
    this.#running = { state, service, site: siteAt({ url: service.url, adminKey }) };
  }

  #stop(): Promise<number | null> {
    const { service } = this.#now;
    service.signal("SIGTERM");
    return service.exited;
  }
}

const secretsIn = (state: string): string => join(state, ".dev.vars");
