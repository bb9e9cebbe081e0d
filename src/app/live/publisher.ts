import { HOUR_MS } from "../../core/limits.ts";
import { nextPublishAt } from "../../core/live/publish-cadence.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { Rankings } from "../../ports/rankings.ts";
import type { RoomStore, Told } from "../../ports/room-store.ts";
import type { LiveEntry, LiveNumbers } from "../../protocol/room-rpc.ts";

export interface PublisherDeps {
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
  #told: Told | undefined;
  #triedAt: number;
  #failures = 0;
  #jitter: number;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
    this.#told = deps.store.told("rankings");
    this.#triedAt = this.#told?.at ?? Number.NEGATIVE_INFINITY;
    this.#jitter = deps.random.fraction();
  }

  /** @returns ms; `null` when the list knows and need not hear it again */
  publishAt(numbers: Published, endedAt: number | null): number | null {
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
    this.#jitter = random.fraction();
    const told = { numbers: asText(entry), viewers: entry.viewers, at };
    background(
      rankings.publish(entry).then(
        () => {
          // An answer that comes late says nothing of what was published since.
          if (at < (this.#told?.at ?? 0)) return;
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
}

/** Of what the list is told, without its time. Days go on after an end, and are no news of it. */
const asText = ({ status, viewers, peak, total, uniqueToday, startedAt }: Published): string =>
  `${status} ${startedAt} ${viewers} ${peak} ${total} ${status === "ended" ? "" : uniqueToday}`;
