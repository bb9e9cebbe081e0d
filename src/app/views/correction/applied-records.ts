import { RECORDS_NAMED } from "../../../core/limits.ts";

import type { ExclusionEffect } from "../../../core/views/exclusion.ts";
import type { LineRuling } from "../../../core/views/judged-line.ts";

/** What a decision of operators did to an hour. */
export interface AppliedRecord {
  /** Absent: several, of which there were too many to be named. */
  readonly id?: string;
  readonly effect: ExclusionEffect;
  /** Events that are excluded or reinstated by it, each once. */
  readonly events: number;
}

/**
 * Numbers for the decisions that an hour's events meet, from 1 in the order in which they are met: an event's row keeps
 * one, and a run keeps the list, since decisions may change while it goes on.
 */
export class AppliedRecords {
  readonly #list: AppliedRecord[];

  /** @param list as the run has it */
  constructor(list: readonly AppliedRecord[]) {
    this.#list = [...list];
  }

  /** @returns 0 for an event that no decision has changed */
  numberOf({ record, excluded }: LineRuling): number {
    if (record === undefined) return 0;
    const effect = excluded ? "exclude" : "reinstate";
    return this.#find(effect, record) ?? this.#find(effect, undefined) ?? this.#add(effect, record);
  }

  list(): readonly AppliedRecord[] {
    return this.#list;
  }

  #find(effect: ExclusionEffect, id: string | undefined): number | undefined {
    const index = this.#list.findIndex((it) => it.id === id && it.effect === effect);
    return index < 0 ? undefined : index + 1;
  }

  #add(effect: ExclusionEffect, id: string): number {
    const named = this.#list.filter((it) => it.id !== undefined).length;
    return this.#list.push({ ...(named < RECORDS_NAMED && { id }), effect, events: 0 });
  }
}

/** @param counts events by the numbers of the list */
export const withApplied = (
  list: readonly AppliedRecord[],
  counts: ReadonlyMap<number, number>,
): readonly AppliedRecord[] =>
  list.map((record, index) => {
    return { ...record, events: record.events + (counts.get(index + 1) ?? 0) };
  });

/** For the record of the run: `{"id": …, "excluded": 3}`; those too many to be named stand together without an id. */
export const shownRecords = (list: readonly AppliedRecord[]): readonly object[] =>
  list
    .filter(({ events }) => events > 0)
    .map(({ id, effect, events }) => ({
      id,
      [effect === "exclude" ? "excluded" : "reinstated"]: events,
    }));
