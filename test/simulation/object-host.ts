import type { ObjectStorage } from "../../src/adapters/objects/object-storage.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Timers } from "../../src/ports/timers.ts";
import { ObjectDisk } from "../support/object-disk.ts";
import type { Prng } from "./prng.ts";
import type { Life, Scheduler } from "./scheduler.ts";

/** What an object's constructor gets. */
export interface Birth {
  readonly storage: ObjectStorage;
  readonly clock: Clock;
  readonly timers: Timers;
  background(work: Promise<void>): void;
  abort(reason: string): never;
}

export interface Kind<T> {
  make(birth: Birth, host: ObjectHost<T>): T;
  alarm(object: T): Promise<void> | void;
  /** Looks at an object that just woke, and at what was just flushed. */
  onWake(host: ObjectHost<T>, object: T): void;
  onFlush(host: ObjectHost<T>, object: T): void;
  onCrash(host: ObjectHost<T>): void;
  /** The object did what none may. */
  onFault(cause: unknown): void;
}

interface Instance<T> extends Life {
  readonly object: T;
  readonly mourners: Set<(cause: Error) => void>;
}

const FLUSH_MAX_MS = [8, 8, 8, 8, 8, 8, 8, 8, 250] as const;
const ALARM_LATE_MAX_MS = 20;
const ALARM_RETRY_MS = 2_000;

/** A Durable Object and its platform: one life at a time, an output gate, and an alarm that comes again when its handler dies. */
export class ObjectHost<T> {
  readonly name: string;
  disk = new ObjectDisk();
  /** Rises when the storage is lost. */
  epoch = 1;
  skewMs: number;
  readonly #kind: Kind<T>;
  readonly #scheduler: Scheduler;
  readonly #random: Prng;
  #instance: Instance<T> | undefined;
  #gate: (() => void)[] = [];
  #syncing: (() => void)[] = [];
  #flushPlanned = false;
  #alarmPlanned: number | undefined;
  #handling: "nothing" | "alarm" | "finished alarm" = "nothing";

  constructor(name: string, kind: Kind<T>, scheduler: Scheduler, random: Prng) {
    this.name = name;
    this.#kind = kind;
    this.#scheduler = scheduler;
    this.#random = random;
    this.skewMs = random.between(-3_000, 3_000);
  }

  get life(): Life {
    return this.#wake();
  }

  get isAwake(): boolean {
    return this.#instance !== undefined;
  }

  /** Whether the platform will call the alarm handler, or is at it. */
  get isArmed(): boolean {
    return this.disk.alarm !== undefined || this.#handling !== "nothing";
  }

  now(): number {
    return this.#scheduler.now + this.skewMs;
  }

  /** Lets nothing out before everything written so far is on disk. */
  send(message: () => void): void {
    if (this.disk.dirty) this.#gate.push(message);
    else message();
  }

  /** @throws when the object dies meanwhile */
  async run<R>(invoke: (object: T) => Promise<R> | R): Promise<R> {
    const { object, mourners } = this.#wake();
    const death = Promise.withResolvers<never>();
    mourners.add(death.reject);
    try {
      return await Promise.race([invoke(object), death.promise]);
    } finally {
      mourners.delete(death.reject);
    }
  }

  /** Looks at the object from outside. */
  inspect(look: (object: T) => void): void {
    look(this.#wake().object);
  }

  /** Called after each step: what was written is flushed soon. */
  afterStep(): void {
    if (!this.disk.dirty || this.#flushPlanned) return;
    this.#flushPlanned = true;
    const instance = this.#instance;
    const ms = this.#random.between(0, this.#random.pick(FLUSH_MAX_MS));
    this.#scheduler.in(ms, `${this.name}: flush`, () => {
      if (this.#instance === instance) this.#flush();
    });
  }

  crash(): void {
    const instance = this.#instance;
    if (instance !== undefined) instance.alive = false;
    this.#instance = undefined;
    this.#gate = [];
    this.#syncing = [];
    this.#flushPlanned = false;
    this.disk.crash();
    this.skewMs += this.#random.between(-1_500, 1_500);
    if (this.#handling !== "nothing") this.disk.restoreAlarm(this.now() + ALARM_RETRY_MS);
    this.#handling = "nothing";
    this.#kind.onCrash(this);
    for (const mourn of instance?.mourners ?? []) mourn(new Error(`${this.name} died`));
    this.#planAlarm();
  }

  /** A crash that takes the storage with it; the next life is born under the old name. */
  loseStorage(): void {
    this.crash();
    this.disk = new ObjectDisk();
    this.epoch += 1;
  }

  #wake(): Instance<T> {
    if (this.#instance !== undefined) return this.#instance;
    const life: Life = { alive: true };
    const object = this.#kind.make(this.#birth(life), this);
    const instance = Object.assign(life, { object, mourners: new Set<(cause: Error) => void>() });
    this.#instance = instance;
    this.#kind.onWake(this, object);
    return instance;
  }

  #birth(life: Life): Birth {
    return {
      storage: this.disk.open(() => this.#sync()),
      clock: { now: () => this.now() },
      timers: this.#scheduler.timers(life, this.name),
      background: (work) => void work.catch(() => undefined),
      abort: (reason) => {
        this.crash();
        throw new Error(reason);
      },
    };
  }

  #sync(): Promise<void> {
    if (!this.disk.dirty) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#syncing.push(resolve);
    return promise;
  }

  #flush(): void {
    this.#flushPlanned = false;
    this.disk.flush();
    if (this.#handling === "finished alarm") this.#handling = "nothing";
    this.#kind.onFlush(this, this.#wake().object);
    for (const resolve of this.#syncing.splice(0)) resolve();
    for (const message of this.#gate.splice(0)) message();
    this.#planAlarm();
  }

  #planAlarm(): void {
    const at = this.disk.alarm;
    if (at === undefined || at === this.#alarmPlanned) return;
    this.#alarmPlanned = at;
    const late = this.#random.between(0, ALARM_LATE_MAX_MS);
    this.#scheduler.in(at - this.now() + late, `${this.name}: alarm`, () => {
      if (this.#alarmPlanned === at) this.#alarmPlanned = undefined;
      if (this.disk.alarm === at && this.#handling !== "alarm") this.#handleAlarm();
    });
  }

  #handleAlarm(): void {
    const instance = this.#wake();
    this.#handling = "alarm";
    this.disk.takeAlarm();
    this.run((object) => this.#kind.alarm(object)).then(
      () => {
        if (!instance.alive) return;
        this.#handling = this.disk.dirty ? "finished alarm" : "nothing";
        this.#planAlarm();
      },
      (cause) => instance.alive && this.#kind.onFault(cause),
    );
  }
}
