import type { TotalRow } from "../core/views/ledger.ts";

/** How far the read model has a Tally's numbers. */
export interface PublishProgress {
  /** Version through which every total is published, as far as `lostAt` lets it. */
  readonly through: number;
  /**
   * Version through which the read model had everything and lost it, or never had anything. Of what has not changed
   * since, only so many are owed: what is missing there is asked for here, and wrong it cannot be. 0 in place of a
   * storage that was lost, whose numbers may be there and wrong.
   */
  readonly lostAt: number;
  /** Of the read model when it last answered; undefined before it ever did. */
  readonly incarnation: string | undefined;
  /** Of the last call that it acknowledged; 0 before it ever did. */
  readonly call: number;
  /** When a total changed last, unix ms; 0: never. */
  readonly changedAt: number;
}

/** Saved totals from the youngest version down, in an order that pages: by version, then content. */
export interface YoungestPage {
  /** The last row of the page before. */
  readonly before: Pick<TotalRow, "version" | "content"> | undefined;
  /** Versions above this one. */
  readonly above: number;
  readonly limit: number;
}

/**
 * The part of a Tally's SQLite that is about publishing. Where objects answer readers themselves nothing is in it, but in
 * a restored storage that all is owed.
 */
export interface PublishStore {
  /** @returns undefined when nothing is known to be published */
  progress(): PublishProgress | undefined;
  saveProgress(progress: PublishProgress): void;
  /** When what is unsaved is to be saved, unix ms. @returns undefined when nobody ever said */
  checkpointAt(): number | undefined;
  saveCheckpointAt(at: number): void;
  youngestTotals(page: YoungestPage): readonly TotalRow[];
}
