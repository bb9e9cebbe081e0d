import { HOUR_MS } from "../../core/limits.ts";
import { nextPublishAt } from "../../core/live/publish-cadence.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { Rankings } from "../../ports/rankings.ts";
import type { RoomStore, Told } from "../../ports/room-store.ts";
import type { LiveEntry, LiveNumbers, PublishAnswer } from "../../protocol/room-rpc.ts";
import type { ListWatch } from "./list-watch.ts";

export interface PublisherDeps {
  readonly clock: Clock;
  readonly store: Pick<RoomStore, "told" | "saveTold">;
  readonly rankings: Pick<Rankings, "publish">;
  readonly random: Random;
  readonly log: Log;
  /** Keeps the object awake until it is done. */
  background(work: Promise<void>): void;
}

export type Published = Omit<LiveNumbers, "broadcaster" | "category" | "stamp" | "asOf">;

/** An end that could not be told for so long is told to nobody any more: readers dropped the stream a minute after it. */
const GIVE_UP_MS = HOUR_MS;

/** Tells the list of live streams of the room's numbers: as well as it can, never in anybody's way. */
export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #watch: Pick<ListWatch, "heard">;
  #told: Told | undefined;
  #triedAt: number;
  #failures = 0;
  #jitter: number;
  #isHurried = false;

  /** @param watch looks at what the list has */
  constructor(deps: PublisherDeps, watch: Pick<ListWatch, "heard">) {
    this.#deps = deps;
    this.#watch = watch;
    this.#told = deps.store.told("rankings");
    this.#triedAt = this.#told?.at ?? Number.NEGATIVE_INFINITY;
    this.#jitter = deps.random.fraction();
  }

  /** What there is to tell now cannot wait. */
  hurry(): void {
    this.#isHurried = true;
  }

  /** @returns ms; `null` when the list knows and need not hear it again */
  publishAt(numbers: Published, endedAt: number | null): number | null {
    if (this.#isHurried) return this.#triedAt;
    const changed = this.#told?.numbers !== asText(numbers);
    if (endedAt !== null && (!changed || this.#triedAt - endedAt > GIVE_UP_MS)) return null;
    return nextPublishAt({
      changed,
      publishedViewers: this.#told?.viewers ?? 0,
      triedAt: this.#triedAt,
      failures: this.#failures,
      jitter: this.#jitter,
    });
  }

  /** @param then runs once the list has it, with the object as it then is */
  publish(entry: LiveEntry, then: () => void): void {
    const { rankings, random, log, background } = this.#deps;
    const at = entry.asOf;
    this.#triedAt = at;
    this.#isHurried = false;
    this.#jitter = random.fraction();
    const told = { numbers: asText(entry), viewers: entry.viewers, at };
    background(
      rankings.publish(entry).then(
        ({ had }) => {
          // An answer that comes late says nothing of what was published since.
          if (at < (this.#told?.at ?? 0)) return;
          if (at === this.#triedAt && !this.#wasTaken(entry, had)) return then();
          this.#failures = 0;
          this.#told = told;
          this.#deps.store.saveTold("rankings", told);
          then();
        },
        (cause: unknown) => {
          this.#failures += 1;
          log.warn("room.not-published", { stream: entry.stream, cause: `${cause}` });
        },
      ),
    );
  }

  #wasTaken(entry: LiveEntry, had: PublishAnswer["had"]): boolean {
    const heard = this.#watch.heard(entry, had, this.#told, this.#deps.clock.now());
    if (heard === "again") this.hurry();
    if (heard === "refused") this.#failures += 1;
    return heard === "taken";
  }
}

/** Of what the list is told, without its time. Days go on after an end, and are no news of it. */
const asText = ({ status, viewers, peak, total, uniqueToday, startedAt }: Published): string =>
  `${status} ${startedAt} ${viewers} ${peak} ${total} ${status === "ended" ? "" : uniqueToday}`;
