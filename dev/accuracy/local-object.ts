import type { ObjectStorage } from "../../src/adapters/objects/object-storage.ts";
import type { Scheduler } from "../../test/simulation/scheduler.ts";
import { ObjectDisk } from "../../test/support/object-disk.ts";

export interface LocalObjectOptions<T> {
  readonly name: string;
  readonly scheduler: Scheduler;
  /** Of a sync to disk, ms. */
  syncMs(): number;
  make(storage: ObjectStorage): T;
  alarm(object: T): Promise<void> | void;
}

/** On its way from one object to the next, ms. */
const HOP_MS = 2;

/** A Durable Object that lives as long as the world: a disk, and an alarm that comes when it is due and one at a time. */
export class LocalObject<T> {
  readonly disk = new ObjectDisk();
  readonly object: T;
  readonly #options: LocalObjectOptions<T>;
  #handling = false;

  constructor(options: LocalObjectOptions<T>) {
    this.#options = options;
    this.object = options.make(this.#storage());
  }

  /** As through a stub: what was written is on disk before the answer leaves. */
  call<R>(what: string, invoke: (object: T) => Promise<R> | R): Promise<R> {
    const { scheduler, name } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    scheduler.in(HOP_MS, `${name}: ${what}`, () => {
      this.#run(() => invoke(this.object)).then(resolve, reject);
    });
    return promise;
  }

  async #run<R>(work: () => Promise<R> | R): Promise<R> {
    const result = await work();
    this.disk.flush();
    return result;
  }

  #storage(): ObjectStorage {
    const { scheduler, syncMs, name } = this.#options;
    const synced = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      scheduler.in(syncMs(), `${name}: sync`, () => {
        this.disk.flush();
        resolve();
      });
      return promise;
    };
    const storage = this.disk.open(synced);
    return {
      sql: storage.sql,
      transactionSync: (work) => storage.transactionSync(work),
      deleteAlarm: () => storage.deleteAlarm(),
      sync: () => storage.sync(),
      setAlarm: async (at) => {
        await storage.setAlarm(at);
        this.#plan(at);
      },
    };
  }

  #plan(at: number): void {
    const { scheduler, name } = this.#options;
    scheduler.in(at - scheduler.now, `${name}: alarm`, () => {
      if (this.disk.alarm === at && !this.#handling) void this.#handleAlarm();
    });
  }

  async #handleAlarm(): Promise<void> {
    const { alarm } = this.#options;
    this.#handling = true;
    this.disk.takeAlarm();
    await this.#run(() => alarm(this.object));
    this.#handling = false;
    // Set while the handler ran, and perhaps due meanwhile.
    if (this.disk.alarm !== undefined) this.#plan(this.disk.alarm);
  }
}
