import {
  CORRECTION_EVENTS_PER_ALARM,
  CORRECTION_REARM_MS,
  COUNTED_DAYS_KEPT,
  DAY_MS,
  HOUR_MS,
  RAW_RETENTION_MS,
} from "../../../core/limits.ts";
import type { KeptOrder } from "../../../ports/corrector-store.ts";
import { encodeCarry } from "../../../protocol/carry.ts";
import type {
  CarryAnswer,
  CorrectionOrder,
  CorrectionQueued,
  CorrectorStatus,
} from "../../../protocol/correction-rpc.ts";
import { advance } from "./advance.ts";
import { orderHour } from "./begin-hour.ts";
import { expandOrder, orderDueAt } from "./expand-order.ts";
import { nextJob, nextTurnAt } from "./next-job.ts";
import type { CorrectorDeps, Run } from "./run.ts";
import { mintRun, newRun, readRun, saveRun } from "./saved-run.ts";
import { forgetTrouble, readTrouble, takeTrouble } from "./trouble.ts";

/**
 * Folds hours of a shard anew from the raw log, one at a time, and brings what it finds to the Tally and the database.
 * All it knows is in its store: an alarm does some steps, each of which commits with where the run then stands, so a
 * life may end anywhere. Each step is safe to repeat; nothing is in memory from one to the next.
 */
export class Corrector {
  readonly #deps: CorrectorDeps;
  #working = false;

  constructor(deps: CorrectorDeps) {
    this.#deps = deps;
  }

  /** Takes an order; the work is done later. */
  correct(order: CorrectionOrder): CorrectionQueued {
    const { store, clock } = this.#deps;
    store.atomically(() => {
      store.queue.addOrder(order);
      store.alarm.set(clock.now());
    });
    return { waiting: this.#waiting() };
  }

  async carryOut(hour: number): Promise<CarryAnswer> {
    const { store, tallies, shard, clock } = this.#deps;
    const result = store.results.result(hour);
    if (result?.outcome === "none") return { status: "none" };
    if (result?.outcome === "done") {
      const carry = store.results.carry(hour, result.run) ?? encodeCarry(hour + HOUR_MS, []);
      return { status: "ready", carry };
    }
    if (readRun(store)?.job.startMs === hour) return { status: "pending" };
    const hours = await tallies.hours(shard);
    if (!hours.some((known) => known.hour === hour)) return { status: "none" };
    store.atomically(() => {
      orderHour(store.queue, hour);
      store.alarm.set(clock.now());
    });
    return { status: "pending" };
  }

  status(): CorrectorStatus {
    const { store } = this.#deps;
    const run = readRun(store);
    const { failures, cause } = readTrouble(store);
    return {
      waiting: this.#waiting(),
      ...(run !== undefined && {
        running: {
          hour: run.job.startMs,
          run: run.run,
          phase: run.kind === "day" ? "day" : run.phase.name,
        },
      }),
      ...(failures > 0 && { failure: cause }),
      bytes: store.bytes(),
    };
  }

  /** Does some steps. The alarm of the next ones stands before the first. */
  async alarm(): Promise<void> {
    const { store, clock } = this.#deps;
    store.alarm.set(clock.now() + CORRECTION_REARM_MS);
    if (this.#working) return;
    this.#working = true;
    try {
      await this.#work();
    } finally {
      this.#working = false;
    }
    const next = this.#nextAt();
    if (next === Number.POSITIVE_INFINITY) store.alarm.clear();
    else store.alarm.set(next);
  }

  async #work(): Promise<void> {
    let left = this.#deps.limits?.eventsPerAlarm ?? CORRECTION_EVENTS_PER_ALARM;
    while (left > 0 && this.#nextAt() <= this.#deps.clock.now()) {
      try {
        left -= await this.#step();
        forgetTrouble(this.#deps.store);
      } catch (cause) {
        await takeTrouble(this.#deps, cause);
      }
    }
  }

  /** @returns events it handled, at least 1 */
  async #step(): Promise<number> {
    const { store } = this.#deps;
    if (this.#ordersAt() <= this.#deps.clock.now()) return this.#expandOrders();
    const run = readRun(store) ?? this.#begin();
    if (run === undefined) return 1;
    const step = await advance(this.#deps, run);
    store.atomically(() => {
      step.save();
      saveRun(store, step.run);
    });
    return step.events;
  }

  async #expandOrders(): Promise<number> {
    const { store, tallies, shard, calendar, clock } = this.#deps;
    const due = ({ order }: KeptOrder) => orderDueAt(order, clock.now()) <= clock.now();
    const orders = store.queue.orders().filter(due);
    const hours = await tallies.hours(shard);
    const resultOf = (hour: number) => store.results.result(hour);
    const known = { now: clock.now(), calendar, hours, resultOf };
    store.atomically(() => {
      this.#dropOld();
      for (const { id, order } of orders) {
        for (const job of expandOrder(order, known)) store.queue.add(job);
        store.queue.removeOrder(id);
      }
    });
    return 1;
  }

  #begin(): Run | undefined {
    const { store, clock } = this.#deps;
    const now = clock.now();
    const job = nextJob(store.queue.jobs(), now);
    if (job === undefined) return undefined;
    return store.atomically(() => {
      const run = newRun(job, mintRun(store, now), now);
      store.queue.remove(job);
      saveRun(store, run);
      return run;
    });
  }

  /** Days that are neither young nor worked on are forgotten, and read anew when an hour of theirs is corrected. */
  #dropOld(): void {
    const { store, calendar, clock } = this.#deps;
    const now = clock.now();
    let kept = calendar.dayOf(now);
    for (let day = 0; day < COUNTED_DAYS_KEPT; day += 1) kept = calendar.dayOf(kept.startMs - 1);
    const running = readRun(store)?.job.startMs ?? now;
    const first = Math.min(running, store.queue.jobs()[0]?.startMs ?? now);
    store.results.dropPages(Math.min(kept.startMs, calendar.dayOf(first).startMs));
    store.results.dropResults(now - RAW_RETENTION_MS - 2 * DAY_MS);
  }

  /** When there is something to do, ms; `Infinity`: nothing is left. */
  #nextAt(): number {
    const { store, clock } = this.#deps;
    const now = clock.now();
    const isBusy = readRun(store) !== undefined;
    const next = isBusy ? now : Math.min(this.#ordersAt(), nextTurnAt(store.queue.jobs()));
    return next === Number.POSITIVE_INFINITY
      ? next
      : Math.max(now, next, readTrouble(store).notBefore);
  }

  /** When the first order may be looked at, ms; `Infinity`: there is none. */
  #ordersAt(): number {
    const { store, clock } = this.#deps;
    const now = clock.now();
    return Math.min(...store.queue.orders().map(({ order }) => orderDueAt(order, now)));
  }

  #waiting(): number {
    const { queue } = this.#deps.store;
    return queue.jobs().length + queue.orders().length;
  }
}
