import { type DecidedHours, decidedHours } from "../../core/views/decided-hours.ts";
import type { Exclusion, ExclusionRecord, ExclusionTables } from "../../ports/correction-tables.ts";
import type { CorrectionQueued } from "../../protocol/correction-rpc.ts";
import { type AuditDeps, auditOf } from "../audit.ts";
import { uuid } from "../uuid.ts";
import { type OrderDeps, orderCorrection } from "./correct.ts";
import { inShardOrder, type ShardTold } from "./every-shard.ts";

export interface ExclusionDeps extends AuditDeps, OrderDeps {
  readonly exclusions: ExclusionTables;
}

export interface PutExclusion extends Exclusion {
  readonly reason: string;
  /** Absent: a new one, unless the same stands already. Two requests of one id are one decision. */
  readonly id?: string | undefined;
  /** What it is decided about. */
  readonly suspicion?: string | undefined;
}

/** A decision, and what is ordered of it. */
export interface Decided {
  readonly record: ExclusionRecord;
  readonly hours: DecidedHours;
  /** What every Corrector said to the order; empty: there is nothing to correct by now. */
  readonly shards: readonly ShardTold<CorrectionQueued>[];
}

/**
 * Keeps a decision, and has the hours it is about corrected by it: those that are over now, all others in their turn.
 * Safe to repeat, also when it throws half way: what stands already is ordered again and changes nothing.
 */
export const putExclusion = async (
  deps: ExclusionDeps,
  request: PutExclusion,
): Promise<Decided & { readonly isNew: boolean }> => {
  const same = request.id === undefined ? await standingAs(deps, request) : undefined;
  const { record, isNew } = same ? { record: same, isNew: false } : await put(deps, request);
  // Ordered only when it is in: a correction that began before it knows nothing of it.
  return { isNew, ...(await order(deps, record)) };
};

/** @returns `undefined` when there is none of this id; one taken back before stays so, and is ordered again */
export const revokeExclusion = async (
  deps: ExclusionDeps,
  id: string,
  reason: string,
): Promise<Decided | undefined> => {
  const deed = { action: "exclusion.revoke", subject: id, before: undefined, after: { reason } };
  const entry = auditOf(deps, deed);
  const revoked = { at: entry.at, by: entry.actor, reason };
  const record = await deps.exclusions.revoke(id, revoked, entry);
  return record && order(deps, record);
};

const standingAs = async (
  { exclusions }: ExclusionDeps,
  request: PutExclusion,
): Promise<ExclusionRecord | undefined> => {
  const standing = await exclusions.during(request.fromAt, request.fromAt + 1);
  const same = standing.find((known) => isSame(known, request));
  return same && exclusions.find(same.id);
};

const isSame = (a: Exclusion, b: Exclusion): boolean =>
  a.effect === b.effect &&
  a.kind === b.kind &&
  a.value === b.value &&
  a.content === b.content &&
  a.fromAt === b.fromAt &&
  a.toAt === b.toAt;

const put = async (
  deps: ExclusionDeps,
  request: PutExclusion,
): Promise<{ readonly record: ExclusionRecord; readonly isNew: boolean }> => {
  const { clock, random, exclusions } = deps;
  const id = request.id ?? uuid(clock.now(), random);
  const known = request.id === undefined ? undefined : await exclusions.find(id);
  if (known !== undefined) return { record: known, isNew: false };
  const deed = { action: "exclusion.put", subject: id, before: undefined, after: request };
  const entry = auditOf(deps, deed);
  const record = { ...request, id, actor: entry.actor, createdAt: entry.at };
  await exclusions.put(record, entry);
  return { record, isNew: true };
};

const order = async (deps: ExclusionDeps, record: ExclusionRecord): Promise<Decided> => {
  const hours = decidedHours(record, deps.clock.now());
  if (hours.correctable === undefined) return { record, hours, shards: [] };
  const { from, to } = hours.correctable;
  const answers = await orderCorrection(deps, { kind: "hours", from, to, reason: "exclusion" });
  return { record, hours, shards: inShardOrder(answers) };
};
