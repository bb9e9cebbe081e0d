import { SUSPICIONS_OPEN_MOST } from "../../core/limits.ts";
import type { Finding } from "../../core/suspicion/finding.ts";
import type { SuspectMode } from "../../core/suspicion/held.ts";
import { begun, isOver, type OpenSuspicion, renewed } from "../../core/suspicion/open-suspicion.ts";
import { ShardWatch } from "../../core/suspicion/shard-watch.ts";
import type { Verdict } from "../../core/views/verdict.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import type { Background } from "../../ports/background.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { SuspicionStore } from "../../ports/suspicion-store.ts";
import type { SuspicionTables } from "../../ports/suspicion-tables.ts";
import type { Frame } from "../../protocol/frame.ts";
import { hexOfHash } from "../../protocol/hex.ts";
import { uuid } from "../uuid.ts";
import { HeldEvents } from "./held-events.ts";
import { SuspicionTeller } from "./suspicion-teller.ts";

export interface SuspicionWatchDeps {
  /** Name of the object, `tally:<shard>`. */
  readonly name: string;
  readonly store: SuspicionStore;
  readonly tables: Pick<SuspicionTables, "raise" | "find">;
  readonly mode: SuspectMode;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly background: Background;
  /** How many there are now. */
  shards(): number;
  /** @throws never: an instance whose commit failed lives no longer */
  commit(work: () => void): void;
}

/**
 * Watches what a Tally folds for what looks made up, and keeps the suspicions that go on. What it counts is in memory, and
 * in the next life made anew of the log the fold reads anyway; what it suspects is saved with the chunk that gave rise
 * to it, since by it the next events are judged.
 */
export class SuspicionWatch {
  readonly #deps: SuspicionWatchDeps;
  readonly #shard: ShardWatch;
  readonly #open = new Map<string, OpenSuspicion>();
  readonly #held: HeldEvents;
  readonly #teller: SuspicionTeller;
  #isRecalling = false;

  constructor(deps: SuspicionWatchDeps) {
    this.#deps = deps;
    this.#shard = new ShardWatch(() => deps.shards());
    for (const open of deps.store.all()) this.#open.set(nameOf(open), open);
    this.#held = new HeldEvents(deps.mode);
    this.#held.set(this.#open.values());
    this.#teller = new SuspicionTeller({ ...deps, change: (id, to) => this.#change(id, to) });
  }

  /** Whether an event that could count is held until correction decides. */
  isHeld(event: ViewEvent): boolean {
    return this.#held.has(event, this.#deps.clock);
  }

  /** An event has got its verdict. */
  see(frame: Frame, verdict: Verdict): void {
    if (!isOfInterest(verdict)) return;
    if (this.#isRecalling) this.#recalled();
    const { event, acceptedAt } = frame;
    this.#shard.see(event, Math.min(acceptedAt, this.#deps.clock.now()));
  }

  /** An event that an earlier life saw. */
  recall({ event, acceptedAt }: Frame, verdict: Verdict): void {
    if (!isOfInterest(verdict)) return;
    this.#isRecalling = true;
    this.#shard.see(event, acceptedAt);
  }

  /** Keeps what is found, as part of the transaction that saves what gave rise to it. */
  keep(): void {
    for (const finding of this.#shard.findings()) this.#found(finding);
  }

  /** Tells the database what is to be told, in the background, and forgets what is over. */
  tend(now: number): void {
    if (this.#open.size === 0) return;
    for (const open of this.#open.values()) {
      if (isOver(open, now) && !this.#teller.owes(open, now)) this.#forget(open);
    }
    this.#teller.tend([...this.#open.values()], now);
  }

  /** What was found of them then was kept then. */
  #recalled(): void {
    this.#isRecalling = false;
    this.#shard.findings();
  }

  #found(finding: Finding): void {
    const { clock, random, log, name } = this.#deps;
    const now = clock.now();
    const { culprit } = finding;
    const value =
      culprit.kind === "browser"
        ? culprit.family
        : culprit.kind === "content"
          ? (finding.content ?? "")
          : hexOfHash(culprit.key);
    const fresh = begun(uuid(now, random), finding, value, now);
    const known = this.#open.get(nameOf(fresh));
    if (known !== undefined && !isOver(known, now)) {
      this.#save(renewed(known, finding, now));
      return;
    }
    if (known === undefined && this.#open.size >= SUSPICIONS_OPEN_MOST) {
      log.error("tally.suspicions-full", { tally: name, rule: finding.rule });
      return;
    }
    if (known !== undefined) this.#deps.store.remove(known.id);
    this.#save(fresh);
    const { rule, content, score } = fresh;
    log.warn("tally.suspicion", { tally: name, id: fresh.id, rule, content, score });
  }

  #change(id: string, to: (open: OpenSuspicion) => OpenSuspicion): void {
    for (const open of this.#open.values()) if (open.id === id) this.#save(to(open));
  }

  #save(open: OpenSuspicion): void {
    this.#deps.store.save(open);
    this.#open.set(nameOf(open), open);
    this.#held.set(this.#open.values());
  }

  #forget(open: OpenSuspicion): void {
    this.#deps.commit(() => this.#deps.store.remove(open.id));
    this.#open.delete(nameOf(open));
    this.#held.set(this.#open.values());
  }
}

/** What is held goes on to be watched: it would end when it begins otherwise. */
const isOfInterest = (verdict: Verdict): boolean => verdict === "counted" || verdict === "suspect";

/** One of a name goes on at a time. */
const nameOf = ({ rule, content, culprit }: OpenSuspicion): string =>
  `${rule} ${content} ${culprit.kind} ${culprit.value}`;
