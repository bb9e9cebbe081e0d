import type { Ledger } from "../../core/views/ledger.ts";
import { CountPublisher, type CountPublisherDeps } from "./count-publisher.ts";
import type { LedgerKeeper } from "./ledger-keeper.ts";
import type { TallyAlarm } from "./tally-alarm.ts";

type Given = "writer" | "background" | "ledger" | "position" | "rested";

export interface TallyPublishingDeps extends Omit<CountPublisherDeps, Given> {
  readonly toReaders: Pick<CountPublisherDeps, "writer" | "background"> | undefined;
}

interface TallyParts {
  readonly ledger: Ledger;
  readonly keeper: Pick<LedgerKeeper, "position" | "commit">;
  readonly alarm: Pick<TallyAlarm, "begin" | "rearm">;
}

/**
 * A Tally's publishing: off for good where objects answer readers themselves, and until the numbers are whole where the
 * Tally is being restored.
 */
export class TallyPublishing {
  readonly #deps: TallyPublishingDeps;
  #publisher: CountPublisher | undefined;

  constructor(deps: TallyPublishingDeps) {
    this.#deps = deps;
  }

  /** Readers may be told from now on. @param parts `ledger` has all of the log */
  begin({ ledger, keeper, alarm }: TallyParts): void {
    const { toReaders } = this.#deps;
    if (toReaders === undefined || this.#publisher !== undefined) return;
    const publisher = new CountPublisher({
      ...this.#deps,
      ...toReaders,
      ledger,
      position: () => keeper.position,
      rested: () =>
        keeper.commit(() => {
          publisher.saveAtRest();
          alarm.rearm();
        }),
    });
    this.#publisher = publisher;
    ledger.watch((content, version) => publisher.changed(content, version));
    keeper.commit(() => {
      publisher.begin();
      alarm.begin();
    });
  }

  /** Sooner or later it is on. */
  get isMeant(): boolean {
    return this.#deps.toReaders !== undefined;
  }

  /** When there is something to do, unix ms; `null` is never. */
  dueAt(): number | null {
    return this.#publisher?.dueAt() ?? null;
  }

  /** Publishes what is due, in the background. */
  tend(now: number): void {
    this.#publisher?.tend(now);
  }

  /** Saves how far it is, as part of a transaction that saves the ledger. */
  save(): void {
    this.#publisher?.save();
  }
}
