import { HOUR_MS } from "../../core/limits.ts";
import { nextPublishAt } from "../../core/live/publish-cadence.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { Rankings } from "../../ports/rankings.ts";
import type { RoomStore, Told } from "../../ports/room-store.ts";
import type { LiveEntry, LiveNumbers, PublishAnswer } from "../../protocol/room-rpc.ts";

export interface PublisherDeps {
  readonly store: Pick<RoomStore, "told" | "saveTold">;
  readonly rankings: Pick<Rankings, "publish">;
  readonly random: Random;
  readonly log: Log;
  /** Keeps the object awake until it is done. */
  background(work: Promise<void>): void;
}

export type Published = Omit<LiveNumbers, "broadcaster" | "category" | "stamp" | "asOf">;

/** What came of a publish. */
export interface Heard {
  readonly entry: LiveEntry;
  readonly answer: PublishAnswer;
  /** What the list had been told, and had said so, before. */
  readonly before: Told | undefined;
  /** The list was told something else since: `answer.had` says nothing of the present. */
  readonly late: boolean;
}

/** An end that could not be told for so long is in no hurry any more: readers dropped the stream a minute after it. */
const HURRY_MS = HOUR_MS;

/** Tells the list of live streams of the room's numbers: as well as it can, never in anybody's way. */
export class Publisher {
  readonly #deps: PublisherDeps;
  #told: Told | undefined;
  #triedAt: number;
  #failures = 0;
  #jitter: number;
  #isHurried = false;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
    this.#told = deps.store.told("rankings");
    this.#triedAt = this.#told?.at ?? Number.NEGATIVE_INFINITY;
    this.#jitter = deps.random.fraction();
  }

  /** What there is to tell now cannot wait. */
  hurry(): void {
    this.#isHurried = true;
  }

  /**
   * @param unsaved something is not known to be in the database
   * @returns ms; `null` when the list knows and need not hear it again
   */
  publishAt(numbers: Published, endedAt: number | null, unsaved: boolean): number | null {
    if (this.#isHurried) return this.#triedAt;
    const changed = this.#told?.numbers !== asText(numbers);
    const hurry = endedAt === null || this.#triedAt - endedAt <= HURRY_MS;
    return nextPublishAt({
      changed: changed && hurry,
      unsaved,
      publishedViewers: endedAt === null ? (this.#told?.viewers ?? 0) : 0,
      triedAt: this.#triedAt,
      failures: this.#failures,
      jitter: this.#jitter,
    });
  }

  /** @param then runs once the list has answered, with the object as it then is */
  publish(entry: LiveEntry, then: (heard: Heard) => void): void {
    const { rankings, random, log, background } = this.#deps;
    const at = entry.asOf;
    this.#triedAt = at;
    this.#isHurried = false;
    this.#jitter = random.fraction();
    const told = { numbers: asText(entry), viewers: entry.viewers, at };
    background(
      rankings.publish(entry).then(
        (answer) => {
          const before = this.#told;
          // Of two answers that overtook each other, the one to the later entry stands.
          if (at >= (before?.at ?? 0)) {
            this.#failures = 0;
            this.#told = told;
            this.#deps.store.saveTold("rankings", told);
          }
          then({ entry, answer, before, late: at < this.#triedAt });
        },
        (cause: unknown) => {
          this.#failures += 1;
          log.warn("room.not-published", { stream: entry.stream, cause: `${cause}` });
        },
      ),
    );
  }
}

/** Of what the list is told, without its time. Days go on after an end, and are no news of it. */
const asText = ({ status, viewers, peak, total, uniqueToday, startedAt }: Published): string =>
  `${status} ${startedAt} ${viewers} ${peak} ${total} ${status === "ended" ? "" : uniqueToday}`;
