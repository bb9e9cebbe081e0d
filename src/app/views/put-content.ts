import type { ContentId } from "../../core/ids.ts";
import { homesOf, type ShardSchedule } from "../../core/views/shards.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AuditEntry, Content, ContentTables, Page } from "../../ports/database.ts";
import type { Random } from "../../ports/random.ts";
import type { Tallies } from "../../ports/tallies.ts";
import { uuid } from "../uuid.ts";

export interface RegistryDeps {
  readonly contents: ContentTables;
  readonly tallies: Pick<Tallies, "setStart">;
  readonly schedule: ShardSchedule;
  readonly clock: Clock;
  readonly random: Random;
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
  await contents.putContent(content, audit(deps, "content.put", request.id, before, content));
  const [home] = homesOf(schedule, request.id);
  if (home !== undefined && request.startViews !== undefined) {
    await tallies.setStart(home, request.id, startViews);
  }
  return { status: "saved", content };
};

export const putCategory = async (deps: RegistryDeps, id: string, title: string): Promise<void> => {
  const before = await deps.contents.category(id);
  await deps.contents.putCategory(
    id,
    title,
    audit(deps, "category.put", id, before, { id, title }),
  );
};

const audit = (
  { clock, random }: RegistryDeps,
  action: string,
  subject: string,
  before: unknown,
  after: unknown,
): AuditEntry => {
  const at = clock.now();
  return { id: uuid(at, random), at, actor: "admin-key", action, subject, before, after };
};
