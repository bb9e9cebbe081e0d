import { SUSPICION_BACKOFF_MAX_MS, SUSPICION_BACKOFF_MIN_MS } from "../../core/limits.ts";
import {
  decided,
  detailOf,
  isToBeTold,
  type OpenSuspicion,
} from "../../core/suspicion/open-suspicion.ts";
import { backoffMs } from "../../core/views/pacing.ts";
import type { Background } from "../../ports/background.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { Suspicion, SuspicionTables } from "../../ports/suspicion-tables.ts";

export interface SuspicionTellerDeps {
  readonly name: string;
  readonly tables: Pick<SuspicionTables, "raise" | "find">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly background: Background;
  commit(work: () => void): void;
  /** Changes one that goes on, as part of a transaction; it may have changed, and be gone, since it was told. */
  change(id: string, to: (open: OpenSuspicion) => OpenSuspicion): void;
}

const BACKOFF = { min: SUSPICION_BACKOFF_MIN_MS, max: SUSPICION_BACKOFF_MAX_MS };

/**
 * Tells the database of suspicions, and hears there what operators have decided. Nobody waits for it: it goes in the
 * background, one call at a time, and what fails is tried again later, when a chunk, an alarm or a flush comes by. Every
 * call is safe to repeat; a call is a fetch, which the platform holds until what is told is on disk.
 */
export class SuspicionTeller {
  readonly #deps: SuspicionTellerDeps;
  #isTelling = false;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(deps: SuspicionTellerDeps) {
    this.#deps = deps;
  }

  /** Whether the database does not have it as it is. */
  owes(open: OpenSuspicion, now: number): boolean {
    return isToBeTold(open, now);
  }

  tend(all: readonly OpenSuspicion[], now: number): void {
    if (this.#isTelling || now < this.#notBefore) return;
    const owed = all.filter((open) => this.owes(open, now));
    if (owed.length === 0) return;
    this.#isTelling = true;
    this.#deps.background(this.#tellAll(owed));
  }

  /** Never fails. */
  async #tellAll(owed: readonly OpenSuspicion[]): Promise<void> {
    const { clock, random, log, name } = this.#deps;
    try {
      for (const open of owed) await this.#tell(open);
      this.#failures = 0;
    } catch (cause) {
      if (this.#failures === 0)
        log.warn("tally.suspicion-untold", { tally: name, cause: `${cause}` });
      this.#failures += 1;
      this.#notBefore = clock.now() + backoffMs(this.#failures, random.fraction(), BACKOFF);
    } finally {
      this.#isTelling = false;
    }
  }

  async #tell(open: OpenSuspicion): Promise<void> {
    const { tables, clock, commit, change } = this.#deps;
    const told = { toldAt: clock.now(), toldTo: open.toAt, toldScore: open.score };
    await tables.raise(asRecord(open));
    const record = await tables.find(open.id);
    commit(() => change(open.id, (current) => ({ ...heard(current, record), ...told })));
  }
}

const heard = (open: OpenSuspicion, record: Suspicion | undefined): OpenSuspicion => {
  if (record === undefined || record.status === "open" || record.decided === undefined) return open;
  return decided(open, record.status, record.toAt, record.decided.at);
};

const asRecord = (open: OpenSuspicion): Suspicion => ({
  id: open.id,
  content: open.content,
  kind: open.culprit.kind,
  rule: open.rule,
  score: open.score,
  status: "open",
  raisedAt: open.raisedAt,
  fromAt: open.fromAt,
  toAt: open.toAt,
  detail: detailOf(open),
});
