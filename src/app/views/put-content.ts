import type { ContentId } from "../../core/ids.ts";
import { homesOf, type ShardSchedule } from "../../core/views/shards.ts";
import type { Content, ContentTables, Page } from "../../ports/database.ts";
import type { Tallies } from "../../ports/tallies.ts";
import { type AuditDeps, auditOf } from "../audit.ts";

export interface RegistryDeps extends AuditDeps {
  readonly contents: ContentTables;
  readonly tallies: Pick<Tallies, "setStart">;
  readonly schedule: ShardSchedule;
}

export interface PutContent extends Page {
  readonly id: ContentId;
  readonly category?: string | undefined;
  /** Absent: it stays as it is. */
  readonly startViews?: number | undefined;
}

export type PutContentResult =
  | { readonly status: "saved"; readonly content: Content }
  | { readonly status: "unknown-category" };

/**
 * Writes a content as a whole, with an audit entry; safe to repeat when it throws half way, since every step sets
 * values and adds nothing. The start value goes to the content's first home.
 */
export const putContent = async (
  deps: RegistryDeps,
  request: PutContent,
): Promise<PutContentResult> => {
  const { contents, tallies, schedule } = deps;
  if (request.category !== undefined && (await contents.category(request.category)) === undefined) {
    return { status: "unknown-category" };
  }
  const before = await contents.content(request.id);
  const startViews = request.startViews ?? before?.startViews ?? 0;
  const content: Content = { ...request, startViews };
  const deed = { action: "content.put", subject: request.id, before, after: content };
  await contents.putContent(content, auditOf(deps, deed));
  const [home] = homesOf(schedule, request.id);
  if (home !== undefined && request.startViews !== undefined) {
    await tallies.setStart(home, request.id, startViews);
  }
  return { status: "saved", content };
};

export const putCategory = async (deps: RegistryDeps, id: string, title: string): Promise<void> => {
  const before = await deps.contents.category(id);
  const deed = { action: "category.put", subject: id, before, after: { id, title } };
  await deps.contents.putCategory(id, title, auditOf(deps, deed));
};
