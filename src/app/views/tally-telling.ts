import type { Ledger } from "../../core/views/ledger.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import { ContentCategories, type ContentCategoriesDeps } from "./content-categories.ts";
import type { LedgerKeeper } from "./ledger-keeper.ts";
import { SlotTeller, type SlotTellerDeps } from "./slot-teller.ts";
import { Slots } from "./slots.ts";
import type { TallyAlarm } from "./tally-alarm.ts";
import { TallyPublishing, type TallyPublishingDeps } from "./tally-publishing.ts";

export interface RankingDeps
  extends Pick<ContentCategoriesDeps, "contents" | "timers">,
    Pick<SlotTellerDeps, "rankings" | "schedule" | "background"> {}

export interface TallyTellingDeps extends Omit<TallyPublishingDeps, "store"> {
  readonly store: Pick<TallyStore, "publish" | "slots">;
  readonly ranking: RankingDeps | undefined;
}

interface TallyParts {
  readonly ledger: Ledger;
  readonly keeper: Pick<LedgerKeeper, "position" | "commit">;
  readonly alarm: Pick<TallyAlarm, "begin" | "rearm">;
}

/** What a Tally tells others without being asked: its numbers to the read model, its slots to the object of rankings. */
export class TallyTelling {
  /** The fold counts in them, told or not. */
  readonly slots: Slots;
  readonly #deps: TallyTellingDeps;
  readonly #publishing: TallyPublishing;
  #teller: SlotTeller | undefined;

  constructor(deps: TallyTellingDeps) {
    const { store, clock } = deps;
    this.#deps = deps;
    this.slots = new Slots({ store: store.slots, clock });
    this.#publishing = new TallyPublishing({ ...deps, store: store.publish });
  }

  /** They may be told from now on. @param parts `ledger` has all of the log, and so have the slots */
  begin(parts: TallyParts): void {
    this.#publishing.begin(parts);
    const { ranking, store } = this.#deps;
    if (ranking === undefined || this.#teller !== undefined) return;
    const { keeper, alarm } = parts;
    this.#teller = new SlotTeller({
      ...this.#deps,
      ...ranking,
      store: store.slots,
      slots: this.slots,
      categories: new ContentCategories({ ...this.#deps, ...ranking }),
      commit: (work) => keeper.commit(work),
      rested: () => alarm.rearm(),
    });
    if (this.#teller.dueAt() !== null) keeper.commit(() => alarm.begin());
  }

  /** Sooner or later there is something to tell. */
  get isMeant(): boolean {
    return this.#publishing.isMeant || this.#deps.ranking !== undefined;
  }

  /** When there is something to do, unix ms; `null` is never. */
  dueAt(): number | null {
    const publishAt = this.#publishing.dueAt();
    const tellAt = this.#teller?.dueAt() ?? null;
    if (publishAt === null || tellAt === null) return publishAt ?? tellAt;
    return Math.min(publishAt, tellAt);
  }

  /** Tells what is due, in the background. */
  tend(now: number): void {
    this.#publishing.tend(now);
    this.#teller?.tend(now);
  }

  /** Saves slots and how far all of it is, as part of a transaction that saves the ledger. */
  save(): void {
    this.#publishing.save();
    this.slots.save();
    this.#teller?.save();
  }
}
