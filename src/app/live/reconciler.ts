import {
  RECONCILE_BATCH_MS,
  RECONCILE_BATCHES,
  RECONCILE_CONFIRM_MS,
  RECONCILE_HOLD_MS,
  RECONCILE_MS,
} from "../../core/limits.ts";
import { type Differences, firstOf, inBoth, sizeOf } from "../../core/live/census.ts";
import { tierOf } from "../../core/live/drift.ts";
import type { Correction, HeldNumbers, RoomStore } from "../../ports/room-store.ts";
import type { ReconcileAnswer } from "../../protocol/room-rpc.ts";
import type { Finding } from "./reconcile-record.ts";
import type { Look, SecondCount } from "./second-count.ts";

export interface ReconcilerDeps {
  readonly store: Pick<RoomStore, "correction" | "saveCorrection">;
  readonly count: SecondCount;
  /** Tells everybody that the number is held, and afterwards that it is live. */
  tell(status: "syncing" | "live"): void;
  /** Asks every socket for a sign of life. */
  beat(): void;
  finished(finding: Finding): void;
}

interface Watching {
  readonly kind: "watching";
}

interface Suspecting {
  readonly kind: "suspecting";
  /** The look that found them, ms. */
  readonly since: number;
  readonly differences: Differences;
}

interface Correcting extends Correction {
  readonly kind: "correcting";
  /** What two looks found; of batches. */
  readonly sure: Differences;
}

/** Each with the time of its next step, ms. */
type Phase = (Watching | Suspecting | Correcting) & { readonly nextAt: number };

/** What is left to an instance that woke: its set was made of the evidence. */
const NOTHING: Differences = { ghosts: new Set(), missing: new Set() };

/**
 * Counts a room's viewers a second time and puts right what it finds. What is wrong in two looks is drift: between them
 * every leave that was under way has arrived. How it is put right depends on how much it is, see `DriftTier`. Nothing in
 * here takes time of its own: each step is one of the room's alarms, and what is held is on disk with its end.
 */
export class Reconciler {
  readonly #deps: ReconcilerDeps;
  #phase: Phase;

  /** @param now ms; the set of viewers has just been made of the evidence */
  constructor(deps: ReconcilerDeps, now: number) {
    this.#deps = deps;
    const begun = deps.store.correction();
    this.#phase =
      begun === undefined ? watching(now) : { kind: "correcting", sure: NOTHING, ...begun };
  }

  /** What is shown instead of the numbers. */
  get held(): HeldNumbers | undefined {
    return this.#phase.kind === "correcting" ? (this.#phase.held ?? undefined) : undefined;
  }

  /** Ms; `null`: never. @param anybody whether there is somebody to count */
  dueAt(anybody: boolean): number | null {
    return this.#phase.kind === "watching" && !anybody ? null : this.#phase.nextAt;
  }

  /** A number was held for too long: its alarm did not come. */
  isOverdue(now: number): boolean {
    return this.#phase.kind === "correcting" && now >= this.#phase.deadline;
  }

  /** Its next step, inside a transaction; everything that changed is on disk by then. */
  step(now: number): void {
    const phase = this.#phase;
    if (phase.kind === "watching") this.#lookFirst(this.#deps.count.look(now), now);
    else if (phase.kind === "suspecting") this.#lookAgain(phase, now);
    else if (phase.held === null) this.#mendSome(phase, now);
    else this.#countHeld(phase, now);
  }

  /** Somebody wants to know. What is being put right goes on as it would. */
  lookNow(now: number): ReconcileAnswer {
    const look = this.#deps.count.look(now);
    const { shown, counted } = look;
    if (this.#phase.kind === "watching") this.#lookFirst(look, now);
    if (this.held !== undefined) return { outcome: "held", shown: this.held.viewers, counted };
    return { outcome: this.#phase.kind === "watching" ? "even" : "uneven", shown, counted };
  }

  /** The stream ends; those who were there still are. */
  end(now: number): void {
    if (this.#phase.kind === "correcting") this.#close(this.#phase, now, false);
    this.#phase = watching(now);
  }

  #lookFirst({ differences, shown, counted }: Look, now: number): void {
    this.#phase =
      sizeOf(differences) === 0 && shown === counted
        ? watching(now)
        : { kind: "suspecting", since: now, differences, nextAt: now + RECONCILE_CONFIRM_MS };
  }

  #lookAgain({ since, differences }: Suspecting, now: number): void {
    const { count, finished } = this.#deps;
    const look = count.look(now);
    const sure = inBoth(differences, look.differences);
    const before = look.shown;
    const counted = count.without(sure, look);
    const tier = tierOf(before, counted);
    const found = { since, before, counted, nextAt: now, deadline: now + RECONCILE_HOLD_MS };
    if (tier === "none" || tier === "silent") {
      count.mend(sure, look, now);
      this.#phase = watching(now);
      if (tier === "silent") finished(this.#finding(tier, found, now, false));
    } else if (tier === "batches") {
      this.#proceed({ ...found, tier, held: null, askedAt: null }, sure);
      this.step(now);
    } else {
      const askedAt = tier === "census" ? now : null;
      this.#hold({ ...found, tier, held: count.numbers, askedAt }, now);
    }
  }

  #mendSome(correcting: Correcting, now: number): void {
    const { count } = this.#deps;
    const { sure, deadline } = correcting;
    const look = count.look(now);
    const left = inBoth(sure, look.differences);
    const part = Math.ceil(sizeOf(sure) / RECONCILE_BATCHES);
    const last = now >= deadline || sizeOf(left) <= part;
    count.mend(last ? left : firstOf(left, part), look, now);
    if (last) this.#finish(correcting, now, sizeOf(left) > part);
    else this.#phase = { ...correcting, nextAt: now + RECONCILE_BATCH_MS };
  }

  #hold(correction: Correction, now: number): void {
    const { count, tell, beat } = this.#deps;
    this.#proceed({ ...correction, nextAt: now + RECONCILE_CONFIRM_MS }, NOTHING);
    const look = count.look(now);
    count.mend(look.differences, look, now);
    tell("syncing");
    if (correction.askedAt !== null) beat();
  }

  /** What is left is put right, too; while it is much, the next look has to say that it was right. */
  #countHeld(correcting: Correcting, now: number): void {
    const { count } = this.#deps;
    const { kind: _, sure, ...correction } = correcting;
    const look = count.look(now, correction.askedAt);
    const even = tierOf(look.shown, look.counted) === "none";
    count.mend(look.differences, look, now);
    if (even || now >= correction.deadline) this.#finish(correcting, now, !even);
    else this.#proceed({ ...correction, nextAt: now + RECONCILE_CONFIRM_MS }, sure);
  }

  #proceed(correction: Correction, sure: Differences): void {
    this.#deps.store.saveCorrection(correction);
    this.#phase = { kind: "correcting", ...correction, sure };
  }

  #finish(correcting: Correcting, now: number, overdue: boolean): void {
    this.#close(correcting, now, overdue);
    if (correcting.held !== null) this.#deps.tell("live");
  }

  #close(correcting: Correcting, now: number, overdue: boolean): void {
    const { store, finished } = this.#deps;
    store.saveCorrection(undefined);
    this.#phase = watching(now);
    finished(this.#finding(correcting.tier, correcting, now, overdue));
  }

  #finding(
    tier: Finding["tier"],
    { since, before, counted }: Pick<Correction, "since" | "before" | "counted">,
    endedAt: number,
    overdue: boolean,
  ): Finding {
    const after = this.#deps.count.numbers.viewers;
    const corrected = Math.abs(before - counted);
    return { source: "viewers", tier, since, endedAt, before, after, corrected, overdue };
  }
}

const watching = (now: number): Phase => ({ kind: "watching", nextAt: now + RECONCILE_MS });
