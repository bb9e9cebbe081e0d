import {
  ARCHIVE_BACKOFF_MAX_MS,
  ARCHIVE_BACKOFF_MIN_MS,
  ARCHIVE_RANGE_BYTES,
  MINUTE_MS,
  SEAL_HOLDS_LOG_MS,
  TRIM_BATCH_ENTRIES,
} from "../../core/limits.ts";
import { backoffMs } from "../../core/views/pacing.ts";
import type { LogRange } from "../../ports/archive-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import type { TallyStatus } from "../../protocol/object-rpc.ts";
import { rangeObjects } from "./archive-range.ts";

export interface TallyArchiveDeps {
  /** Name of the object, `tally:<shard>`. */
  readonly name: string;
  readonly shard: number;
  readonly store: TallyStore;
  readonly rawLog: RawLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const BACKOFF = { min: ARCHIVE_BACKOFF_MIN_MS, max: ARCHIVE_BACKOFF_MAX_MS };

/**
 * Brings the Tally's log to the raw log, a range of positions at a time, and cuts off what nobody needs here any more.
 * Where a range ends is stored before its first object is put, so that whoever dies at any point makes the same objects
 * again under the same names; its index goes last, and only then the Tally takes note. One range is on its way at a
 * time, and what is appended meanwhile lies above it.
 */
export class TallyArchive {
  readonly #deps: TallyArchiveDeps;
  #flight: Promise<boolean> | undefined;
  #waitingBytes: number | undefined;
  #failures = 0;
  #notBefore = 0;

  constructor(deps: TallyArchiveDeps) {
    this.#deps = deps;
  }

  /** @param bytes of frames that wait from now on */
  appended(bytes: number): void {
    if (this.#waitingBytes !== undefined) this.#waitingBytes += bytes;
  }

  /** From when on there is something for `tend` to do, ms; `undefined`: there is not. */
  dueAt(): number | undefined {
    return this.#bytes() < ARCHIVE_RANGE_BYTES ? undefined : this.#notBefore;
  }

  /** Archives one range when that much is waiting, and trims. Never throws: the log stays as long as it has to. */
  async tend(position: number): Promise<void> {
    const { clock, random, log, name } = this.#deps;
    const dueAt = this.dueAt();
    try {
      if (dueAt !== undefined && dueAt <= clock.now()) await this.#next(position);
      await this.trim();
    } catch (cause) {
      this.#failures += 1;
      this.#notBefore = clock.now() + backoffMs(this.#failures, random.fraction(), BACKOFF);
      const failures = this.#failures;
      log.error("tally.archive-failed", { tally: name, failures, cause: `${cause}` });
    }
  }

  /** @returns when all of the log up to `position` lies in the archive. @throws when the raw log fails */
  async through(position: number): Promise<void> {
    while (await this.#next(position));
  }

  /** Cuts off what is archived, saved, too old for the window and of no use to a correction run, in small steps. */
  async trim(): Promise<void> {
    const { store } = this.#deps;
    for (;;) {
      const through = Math.min(store.archive.archived(), store.checkpoint(), this.#heldThrough());
      const fromMs = store.horizon() - MINUTE_MS;
      const last = store.archive.trimmable(through, fromMs, TRIM_BATCH_ENTRIES);
      if (last === undefined) return;
      store.atomically(() => store.archive.trim(last));
      await store.durable();
    }
  }

  status(): Pick<TallyStatus, "archived" | "unarchivedBytes"> {
    return { archived: this.#deps.store.archive.archived(), unarchivedBytes: this.#bytes() };
  }

  /** @returns whether there was a range to archive; whoever asks while one is on its way waits for that one */
  #next(position: number): Promise<boolean> {
    this.#flight ??= this.#archive(position).finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  async #archive(position: number): Promise<boolean> {
    const { store, shard, rawLog, clock } = this.#deps;
    const range = store.atomically(() => this.#fixRange(position));
    if (range === undefined) return false;
    await store.durable();
    const owner = { shard, generation: store.generation() };
    const entries = [...store.archive.entriesIn(range)];
    const { hours, unreadable, index } = rangeObjects(owner, range, entries);
    const spoilt = unreadable === undefined ? [] : [unreadable];
    for (const { name, lines } of [...hours, ...spoilt, index]) await rawLog.put(name, lines());
    store.atomically(() =>
      store.archive.complete({
        to: range.to,
        index: index.name,
        archivedAt: clock.now(),
        objects: hours,
        unreadable: unreadable?.name,
      }),
    );
    this.appended(-entries.reduce((sum, { frames }) => sum + frames.length, 0));
    this.#failures = 0;
    this.#notBefore = 0;
    return true;
  }

  /** One that was begun before, perhaps in another life, or the next one. */
  #fixRange(position: number): LogRange | undefined {
    const { archive } = this.#deps.store;
    const from = archive.archived() + 1;
    const begun = archive.begun();
    if (begun >= from) return { from, to: begun };
    const to = archive.cut(position, ARCHIVE_RANGE_BYTES);
    if (to !== undefined) archive.begin(to);
    return to === undefined ? undefined : { from, to };
  }

  #bytes(): number {
    this.#waitingBytes ??= this.#deps.store.archive.unarchivedBytes();
    return this.#waitingBytes;
  }

  #heldThrough(): number {
    const held = this.#deps.store.archive.held();
    const holds = held !== undefined && held.since > this.#deps.clock.now() - SEAL_HOLDS_LOG_MS;
    return holds ? held.through : Number.MAX_SAFE_INTEGER;
  }
}
