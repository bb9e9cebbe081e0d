import { HOUR_MS } from "../../core/limits.ts";
import { nextPublishAt, type Rhythm } from "../../core/live/publish-cadence.ts";
import type { Random } from "../../ports/random.ts";
import type { Audience, RoomStore, Told, Unanswered } from "../../ports/room-store.ts";
import type { LiveNumbers } from "../../protocol/room-rpc.ts";

/** Of what is published, all that it is compared by. */
export type Published = Omit<LiveNumbers, "broadcaster" | "category" | "stamp" | "asOf">;

/** What a room's publishers have in common. */
export interface PublishingDeps {
  readonly store: Pick<RoomStore, "told" | "saveTold" | "unanswered" | "saveUnanswered">;
  readonly random: Random;
  /** Keeps the object awake until it is done. */
  background(work: Promise<void>): void;
}

interface PublisherDeps<Message, Answer> extends PublishingDeps {
  readonly audience: Audience;
  readonly rhythm: Rhythm;
  /**
   * Whether an instance goes on where the one before it had no answer: it tells again what may or may not have arrived,
   * and counts on where failures ended. Else it begins anew with what was acknowledged.
   */
  readonly remembers: boolean;
  send(message: Message): Promise<Answer>;
  /** @param failures in a row, this one included */
  failed(message: Message, cause: unknown, failures: number): void;
}

/** What came of a publish. */
export interface Heard<Message, Answer> {
  readonly message: Message;
  readonly answer: Answer;
  /** What the audience had been told, and had said so, before. */
  readonly before: Told | undefined;
  /** It was told something else since: what it says that it had says nothing of the present. */
  readonly late: boolean;
}

/**
 * An end that could not be told for so long is in no hurry any more: readers dropped the stream a minute after it. Nor
 * is that nobody is there, where failures are remembered.
 */
const HURRY_MS = HOUR_MS;

/** Tells somebody outside of the room's numbers: as well as it can, never in anybody's way. */
export class Publisher<Message extends LiveNumbers, Answer> {
  readonly #deps: PublisherDeps<Message, Answer>;
  #told: Told | undefined;
  /** Since the last answer something else was sent than what was told, or something failed. */
  #unanswered: Unanswered | undefined;
  #triedAt: number;
  /** The last one sent, while nothing is known of it. */
  #underway: Message | undefined;
  #failures: number;
  #jitter: number;
  #isHurried = false;

  constructor(deps: PublisherDeps<Message, Answer>) {
    const { store, audience, remembers, random } = deps;
    this.#deps = deps;
    this.#told = store.told(audience);
    this.#unanswered = remembers ? store.unanswered(audience) : undefined;
    this.#triedAt = this.#unanswered?.triedAt ?? this.#told?.at ?? Number.NEGATIVE_INFINITY;
    this.#failures = this.#unanswered?.failures ?? 0;
    this.#jitter = random.fraction();
  }

  /** What there is to tell now cannot wait. */
  hurry(): void {
    this.#isHurried = true;
  }

  /** The audience has something else than what it was told, and is to hear it again. */
  forget(): void {
    this.#told = undefined;
    this.#deps.store.saveTold(this.#deps.audience, undefined);
  }

  /**
   * @param unsaved something is not known to be in the database
   * @returns ms; `null` when the audience knows and need not hear it again
   */
  publishAt(numbers: Published, endedAt: number | null, unsaved: boolean): number | null {
    if (this.#isHurried) return this.#triedAt;
    const isKnown = this.#unanswered === undefined && this.#told?.numbers === asText(numbers);
    const nobodySince = numbers.viewers === 0 ? this.#unanswered?.since : undefined;
    const quietSince = endedAt ?? nobodySince ?? Number.POSITIVE_INFINITY;
    const hurry = this.#triedAt - quietSince <= HURRY_MS;
    return nextPublishAt(this.#deps.rhythm, {
      changed: !isKnown && hurry,
      unsaved,
      publishedViewers: endedAt === null && hurry ? (this.#told?.viewers ?? 0) : 0,
      triedAt: this.#triedAt,
      underway: this.#underway !== undefined,
      failures: this.#failures,
      jitter: this.#jitter,
    });
  }

  /** @param then runs once the audience has answered, or has not (`undefined`), with the object as it then is */
  publish(message: Message, then: (heard: Heard<Message, Answer> | undefined) => void): void {
    const { random, background, send } = this.#deps;
    this.#triedAt = message.asOf;
    this.#isHurried = false;
    this.#jitter = random.fraction();
    this.#underway = message;
    // A repeat leaves no doubt of what is there, whatever comes of it.
    if (this.#told?.numbers !== asText(message)) this.#noteUnanswered(message);
    background(
      send(message).then(
        (answer) => then(this.#answered(message, answer)),
        (cause: unknown) => {
          this.#failed(message, cause);
          then(undefined);
        },
      ),
    );
  }

  #answered(message: Message, answer: Answer): Heard<Message, Answer> {
    const { store, audience } = this.#deps;
    const { asOf: at, viewers } = message;
    const before = this.#told;
    // Of two answers that overtook each other, the one to the later message stands.
    if (at >= (before?.at ?? 0)) {
      this.#failures = 0;
      this.#told = { numbers: asText(message), viewers, at };
      store.saveTold(audience, this.#told);
    }
    const late = at < this.#triedAt;
    this.#settle(message);
    if (!late && this.#unanswered !== undefined) {
      this.#unanswered = undefined;
      store.saveUnanswered(audience, undefined);
    }
    return { message, answer, before, late };
  }

  #failed(message: Message, cause: unknown): void {
    this.#settle(message);
    // Where a later message is acknowledged, it makes no difference what became of this one.
    if (message.asOf < (this.#told?.at ?? 0)) return;
    this.#failures += 1;
    this.#noteUnanswered(message);
    this.#deps.failed(message, cause, this.#failures);
  }

  #settle(message: Message): void {
    if (this.#underway === message) this.#underway = undefined;
  }

  #noteUnanswered({ asOf }: Message): void {
    const { store, audience, remembers } = this.#deps;
    if (!remembers) return;
    const since = this.#unanswered?.since ?? asOf;
    this.#unanswered = { failures: this.#failures, since, triedAt: this.#triedAt };
    store.saveUnanswered(audience, this.#unanswered);
  }
}

/** Of what is told, without its time. Days go on after an end, and are no news of it. */
const asText = ({ status, viewers, peak, total, uniqueToday, startedAt }: Published): string =>
  `${status} ${startedAt} ${viewers} ${peak} ${total} ${status === "ended" ? "" : uniqueToday}`;
