/** A Tally to which everything happens that can happen between two flushes, and during them. */
import { HOUR_MS } from "../../src/core/limits.ts";
import { hourOf } from "../../src/core/views/ledger.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import type { CountTables } from "../../src/ports/database.ts";
import type { Prng } from "../../test/simulation/prng.ts";
import { content, makeEvent, visitor } from "../../test/support/events.ts";
import { TallyHarness } from "../../test/support/tally-harness.ts";

export interface BusyTallyDeps {
  readonly shard: number;
  readonly counts: CountTables;
  /** Ms. */
  readonly bornAt: number;
  readonly prng: Prng;
}

/** The cron's runs may overlap; more than a few never do. */
const MAX_FLUSHES_UNDER_WAY = 3;

const CONTENTS = 40;
const VISITORS = 60;

/** More than a page of a flush and a statement of the adapter take. */
const CROWD = 1_100;

export class BusyTally {
  readonly harness: TallyHarness;
  readonly shard: number;
  readonly #prng: Prng;
  readonly #underWay = new Set<Promise<void>>();
  #serial = 0;
  #run = 0;
  #sealed: { readonly hour: number; readonly run: number; readonly through: number } | undefined;
  #flushes = 0;
  #failedFlushes = 0;

  constructor({ shard, counts, bornAt, prng }: BusyTallyDeps) {
    this.shard = shard;
    this.#prng = prng;
    this.harness = new TallyHarness(bornAt, { shard, counts });
  }

  get flushes(): number {
    return this.#flushes;
  }

  get failedFlushes(): number {
    return this.#failedFlushes;
  }

  /** Resolves when so many flushes have ended, one way or the other. */
  async live(flushes: number): Promise<void> {
    while (this.#flushes < flushes) {
      await this.#happen();
      this.#flush();
      const full = this.#underWay.size >= MAX_FLUSHES_UNDER_WAY;
      if (full || this.#prng.chance(0.5)) await Promise.race(this.#underWay);
    }
    await Promise.all(this.#underWay);
  }

  /** @throws when it fails */
  async flushLast(): Promise<void> {
    await this.harness.tally.flush();
  }

  #flush(): void {
    this.#flushes += 1;
    const flush: Promise<void> = this.harness.tally.flush().then(
      () => void this.#underWay.delete(flush),
      () => {
        this.#failedFlushes += 1;
        this.#underWay.delete(flush);
      },
    );
    this.#underWay.add(flush);
  }

  async #happen(): Promise<void> {
    const { harness } = this;
    const prng = this.#prng;
    harness.now += prng.between(5_000, 90_000);
    if (prng.chance(0.9)) harness.append(this.#views(prng.between(1, 12)));
    if (prng.chance(0.02)) harness.append(this.#crowd());
    if (prng.chance(0.05)) {
      harness.tally.setStart(content(this.#someContent()), prng.between(0, 100));
    }
    if (prng.chance(0.1)) await this.#correct();
    if (prng.chance(0.05)) harness.evict();
  }

  #views(count: number): readonly ViewEvent[] {
    return Array.from({ length: count }, () =>
      this.#view(this.#someContent(), this.#prng.between(1, VISITORS)),
    );
  }

  #crowd(): readonly ViewEvent[] {
    return Array.from({ length: CROWD }, (_, i) => this.#view(`crowd-${i}`, VISITORS + 1 + i));
  }

  #view(id: string, who: number): ViewEvent {
    this.#serial += 1;
    const at = this.harness.now - this.#prng.between(0, 600_000);
    return makeEvent({ serial: this.#serial, at, content: id, visitor: visitor(who) });
  }

  #someContent(): string {
    return `content-${this.#prng.zipf(CONTENTS)}`;
  }

  /** One time it reads the hour before, the next it settles what it has read: much happens in between. */
  async #correct(): Promise<void> {
    const { harness } = this;
    const sealed = this.#sealed;
    if (sealed === undefined) {
      const hour = hourOf(harness.now - HOUR_MS);
      this.#run += 1;
      this.#sealed = { hour, run: this.#run, through: await harness.seal(hour, this.#run) };
      return;
    }
    this.#sealed = undefined;
    const found = content(this.#someContent());
    harness.tally.correction.finalise({
      ...{ ...sealed, range: { from: "content-", to: "content." } },
      cells: [[found, this.#prng.between(0, 30)]],
    });
  }
}
