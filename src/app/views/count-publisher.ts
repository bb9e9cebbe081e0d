import type { ContentId } from "../../core/ids.ts";
import { PUBLISH_CALLS_PER_ALARM } from "../../core/limits.ts";
import { stamp } from "../../core/stamp.ts";
import type { Ledger } from "../../core/views/ledger.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { PublishProgress, PublishStore } from "../../ports/publish-store.ts";
import type { Random } from "../../ports/random.ts";
import type {
  CountPart,
  CountsPublished,
  PublishMark,
  ReadModelWriter,
} from "../../ports/read-model.ts";
import { PublishAccount } from "./publish-account.ts";
import { PublishPace } from "./publish-pace.ts";
import { PublishWalk, type WalkStep } from "./publish-walk.ts";
import { Unpublished } from "./unpublished.ts";

export interface CountPublisherDeps {
  /** Name of the object, `tally:<shard>`. */
  readonly name: string;
  readonly shard: number;
  readonly generation: number;
  readonly store: PublishStore;
  readonly ledger: Pick<Ledger, "total" | "unsavedContents" | "dirty">;
  readonly writer: Pick<ReadModelWriter, "publishCounts">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The ledger holds everything up to here. */
  position(): number;
  /** Keeps the object awake until it is done. */
  background(work: Promise<void>): void;
  /** Nothing is under way any more; when the next publish is due has changed. */
  rested(): void;
}

/**
 * Tells the read model the numbers of a Tally's contents: soon after they change, and again when it has lost them.
 * Nobody waits for it. One call is on its way at a time, with numbers as they are when it leaves; what fails stays, and
 * whoever dies with it walks, in the next life, over what changed since the version saved as published. A call is a
 * fetch: the platform holds it until all that was written before it is on disk, so that no number is told that a crash
 * could take back.
 */
export class CountPublisher {
  readonly #deps: CountPublisherDeps;
  readonly #unpublished = new Unpublished();
  readonly #pace: PublishPace;
  #lostAt: number;
  readonly #account: PublishAccount;
  #changedAt: number;
  #saved: PublishProgress | undefined;

  /** @param deps `ledger` has all of the log */
  constructor(deps: CountPublisherDeps) {
    this.#deps = deps;
    this.#pace = new PublishPace(deps.clock.now());
    this.#saved = deps.store.progress();
    // The first time there is all to tell, and nothing there that is wrong.
    const { through, ...rest } = this.#saved ?? { through: 0, ...NOTHING, lostAt: deps.position() };
    this.#lostAt = rest.lostAt;
    this.#account = new PublishAccount(rest);
    // What an earlier life left unpublished changed since it last said when.
    const isBehind = through < deps.position() || deps.ledger.dirty;
    this.#changedAt = isBehind ? deps.clock.now() : rest.changedAt;
    if (through < deps.position()) this.#walk(through);
  }

  /** Before anything is published; what there is by then is told from what comes after it, also by the next life. */
  begin(): void {
    if (this.#saved === undefined) this.save();
  }

  changed(content: ContentId, version: number): void {
    const now = this.#deps.clock.now();
    this.#changedAt = now;
    this.#pace.changed(now);
    if (!this.#unpublished.changed(content, version)) this.#walk(this.#through);
  }

  /** When there is something to do, unix ms; `null` is never. */
  dueAt(): number | null {
    return this.#pace.dueAt(this.#unpublished.isOverdue, this.#changedAt);
  }

  /** Publishes what is due, in the background. */
  tend(now: number): void {
    if (this.#pace.isUnderWay) {
      this.#pace.looked(now);
      return;
    }
    const dueAt = this.dueAt();
    if (dueAt !== null && dueAt <= now) this.#deps.background(this.#publishAll());
  }

  /** Saves how far it is, as part of a transaction that saves the ledger. */
  save(): void {
    const now = this.#progress();
    if (isSame(now, this.#saved)) return;
    this.#deps.store.saveProgress(now);
    this.#saved = now;
  }

  /** The same where no checkpoint is to come that would: what is published is not to be published again at each wake. */
  saveAtRest(): void {
    if (this.#unpublished.isEmpty && !this.#deps.ledger.dirty) this.save();
  }

  get #through(): number {
    return this.#unpublished.through(this.#deps.position());
  }

  #progress(): PublishProgress {
    return {
      through: this.#through,
      lostAt: this.#lostAt,
      ...this.#account.saved,
      changedAt: this.#changedAt,
    };
  }

  #walk(floor: number): void {
    const { store, ledger } = this.#deps;
    const unsaved = ledger.unsavedContents();
    this.#unpublished.walk(new PublishWalk({ store, unsaved, floor, lostAt: this.#lostAt }));
  }

  /** One call after another while something is overdue. Never fails. */
  async #publishAll(): Promise<void> {
    let calls = 0;
    do {
      calls += 1;
    } while (
      (await this.#publish()) &&
      this.#unpublished.isOverdue &&
      calls < PUBLISH_CALLS_PER_ALARM
    );
    this.#pace.rested();
    this.#deps.rested();
  }

  /** @returns whether the read model took it */
  async #publish(): Promise<boolean> {
    const { writer, clock, random, log, name, shard } = this.#deps;
    const through = this.#through;
    const isProbe = this.#unpublished.isEmpty;
    const steps = this.#unpublished.take();
    this.#pace.called(clock.now());
    // A walk may end without having met anything.
    if (steps.length === 0 && !isProbe) return true;
    try {
      const mark = { shard, ...this.#account.nextCall(clock.now()), through };
      const answer = await writer.publishCounts(this.#parts(steps), mark);
      if (this.#pace.isFailing) log.info("tally.publishing", { tally: name });
      this.#pace.answered();
      this.#unpublished.published();
      this.#heard(mark, answer);
      return true;
    } catch (cause) {
      if (!this.#pace.isFailing)
        log.warn("tally.not-publishing", { tally: name, cause: `${cause}` });
      this.#pace.failed(clock.now(), random.fraction());
      return false;
    }
  }

  #parts(steps: readonly WalkStep[]): readonly CountPart[] {
    const { shard, generation, ledger, clock } = this.#deps;
    const asOf = clock.now();
    return steps.map(({ content, saved }) => {
      const { published: views, version } = ledger.total(content, saved);
      return { content, shard, views, stamp: stamp(generation, version), asOf };
    });
  }

  /** What was published when the call left may be lost, and so may be what it carried. */
  #heard(mark: PublishMark, answer: CountsPublished): void {
    const kept = this.#account.heard(mark, answer);
    if (kept === "all") return;
    if (kept === "nothing") {
      this.#lostAt = Math.max(this.#lostAt, mark.through);
      this.#walk(0);
    } else this.#walk(Math.min(kept.through, this.#through));
  }
}

const NOTHING = { incarnation: undefined, call: 0, changedAt: 0 };

/** Calls that brought nothing leave nothing to save. */
const isSame = (one: PublishProgress, other: PublishProgress | undefined): boolean =>
  one.through === other?.through &&
  one.lostAt === other.lostAt &&
  one.incarnation === other.incarnation &&
  one.changedAt === other.changedAt;
