import { close } from "../../src/app/views/close.ts";
import { flush } from "../../src/app/views/flush.ts";
import type { Database } from "../../src/ports/database.ts";
import type { Scheduler } from "../../test/simulation/scheduler.ts";
import type { Counts } from "./oracle.ts";
import type { Product } from "./product.ts";
import { ENDS_AT, STARTS_AT, TRAFFIC_ENDS_AT } from "./setting.ts";

export interface CronsDeps {
  readonly product: Product;
  readonly database: Database;
  readonly scheduler: Scheduler;
  log(line: string): void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What the platform would call: a flush each 5 minutes, correction at 15 minutes past, and the day's at night. */
export class Crons {
  /** Cells by `hour content` as they stood 15 minutes after their hour, before anything corrected it. */
  readonly realtime: Counts = new Map();
  readonly #deps: CronsDeps;
  #startedAt = 0;

  constructor(deps: CronsDeps) {
    this.#deps = deps;
  }

  begin(): void {
    this.#startedAt = performance.now();
    this.#plan(STARTS_AT + 5 * MINUTE_MS);
  }

  /** When all readers are gone, a flush each quarter of an hour does. */
  #plan(at: number): void {
    const { scheduler } = this.#deps;
    if (at > ENDS_AT) return;
    scheduler.in(at - scheduler.now, "crons", () => {
      const isQuiet = at > TRAFFIC_ENDS_AT + HOUR_MS && (at % HOUR_MS) % (15 * MINUTE_MS) !== 0;
      this.#plan(at + 5 * MINUTE_MS);
      if (!isQuiet) void this.#fire(at);
    });
  }

  async #fire(at: number): Promise<void> {
    const { product, database, scheduler } = this.#deps;
    const { schedule, clock, random, log } = product;
    const { tallies } = product.shards;
    await flush({ tallies, schedule, clock, random, log, jobs: database.jobs });
    if (at % HOUR_MS === 15 * MINUTE_MS) {
      this.#look(at - 15 * MINUTE_MS - HOUR_MS);
      const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
      const now = new Date(scheduler.now).toISOString().slice(0, 16);
      this.#deps.log(`${now} after ${seconds} s, ${scheduler.steps} steps`);
      await product.correct({ kind: "due" });
    }
    if (at % (24 * HOUR_MS) === 2 * HOUR_MS) await this.#correctDayBefore(at);
  }

  /** The reporting day that was over last; then what is old is closed, which sums up days as well. */
  async #correctDayBefore(at: number): Promise<void> {
    const { product, database } = this.#deps;
    const { calendar, schedule, clock, random, log } = product;
    const { startMs: endMs } = calendar.dayOf(at);
    const { startMs } = calendar.dayOf(endMs - 1);
    await product.correct({ kind: "day", startMs, endMs });
    const { tallies } = product.shards;
    const jobs = database.jobs;
    await close({ tallies, schedule, clock, random, log, jobs });
  }

  #look(hour: number): void {
    for (const [key, counted] of this.#deps.product.shards.cellsOf(hour))
      this.realtime.set(key, counted);
  }
}
