import type { ContentId } from "../../core/ids.ts";
import { homesOf, type ShardSchedule } from "../../core/views/shards.ts";
import type { AuditTables } from "../../ports/audit-tables.ts";
import type { ContentTables } from "../../ports/database.ts";
import type { Tallies } from "../../ports/tallies.ts";
import type { Standing } from "../../protocol/object-rpc.ts";
import { type AuditDeps, auditOf } from "../audit.ts";

export interface RestateDeps extends AuditDeps {
  readonly contents: Pick<ContentTables, "content">;
  readonly audit: Pick<AuditTables, "note">;
  readonly tallies: Pick<Tallies, "standing" | "restate">;
  readonly schedule: ShardSchedule;
}

export interface Restate {
  readonly id: ContentId;
  /** What readers are to be told, >= 0; absent: the truth as it is known. */
  readonly views?: number | undefined;
  readonly reason: string;
}

export type RestateResult =
  | {
      readonly status: "restated";
      readonly content: ContentId;
      /** What readers were told, and what they are told from now on. */
      readonly before: number;
      readonly after: number;
    }
  | { readonly status: "unknown-content" };

/**
 * Brings a content's published number to a value, also down: the one way in which it ever falls. What is counted later
 * comes on top, and a correction moves it as it moves any other number. Safe to repeat when it throws half way: it sets
 * values and adds nothing.
 */
export const restate = async (deps: RestateDeps, request: Restate): Promise<RestateResult> => {
  const { contents, tallies, schedule } = deps;
  const { id, views, reason } = request;
  const homes = homesOf(schedule, id);
  const standings = await Promise.all(homes.map((home) => tallies.standing(home, id)));
  const isKnown =
    standings.some(({ known }) => known) || (await contents.content(id)) !== undefined;
  if (!isKnown) return { status: "unknown-content" };

  const before = sum(standings.map(({ published }) => published));
  const wanted = views ?? sum(standings.map(({ truth }) => truth));
  const deed = {
    action: "content.restate",
    subject: id,
    before: { views: before },
    after: { views: wanted, reason },
  };
  await deps.audit.note(auditOf(deps, deed));
  const targets = views === undefined ? [] : targetsOf(standings, views);
  const restated = await Promise.all(
    homes.map((home, index) => tallies.restate(home, id, targets[index])),
  );
  const after = sum(restated.map(({ published }) => published));
  return { status: "restated", content: id, before, after };
};

/**
 * What the homes are to publish so that it adds up to `views`: each but the first its truth (`undefined`), as far as
 * that goes, and the first one the rest, since no part may lie below 0.
 */
const targetsOf = (
  [, ...others]: readonly Standing[],
  views: number,
): readonly (number | undefined)[] => {
  let rest = views;
  const targets = others.map(({ truth }) => {
    const target = Math.min(truth, rest);
    rest -= target;
    return target === truth ? undefined : target;
  });
  return [rest, ...targets];
};

const sum = (parts: readonly number[]): number => parts.reduce((all, part) => all + part, 0);
