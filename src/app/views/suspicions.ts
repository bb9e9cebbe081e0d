import type { SuspectMode } from "../../core/suspicion/held.ts";
import { culpritOf, excludedUntil, QUIET_MS } from "../../core/suspicion/open-suspicion.ts";
import { decidedHours } from "../../core/views/decided-hours.ts";
import type { Suspicion, SuspicionStatus, SuspicionTables } from "../../ports/suspicion-tables.ts";
import type { CorrectionQueued } from "../../protocol/correction-rpc.ts";
import { auditOf } from "../audit.ts";
import { orderCorrection } from "./correct.ts";
import { inShardOrder, type ShardTold } from "./every-shard.ts";
import { type Decided, type ExclusionDeps, putExclusion } from "./exclusions.ts";
import { pageByTime, type TimePage, type TimeQuery } from "./page-by-time.ts";

export interface SuspicionDeps extends ExclusionDeps {
  readonly suspicions: SuspicionTables;
  /** Where suspects are counted, a dismissal changes no number. */
  readonly mode: SuspectMode;
}

/** Each shard raises few, and not two in one millisecond but by chance. */
const MOST_TOGETHER = 500;

/** The youngest first. @see pageByTime */
export const readSuspicions = (
  { suspicions }: Pick<SuspicionDeps, "suspicions">,
  query: TimeQuery & { readonly status?: SuspicionStatus | undefined },
): Promise<TimePage<Suspicion>> =>
  pageByTime(query, {
    list: (of) => suspicions.list({ ...of, status: query.status }),
    timeOf: ({ raisedAt }) => raisedAt,
    mostTogether: MOST_TOGETHER,
  });

/** What came of a decision. */
type Refused =
  | { readonly status: "unknown-suspicion"; readonly suspicion?: undefined }
  /** As it stands. */
  | { readonly status: "already-decided"; readonly suspicion: Suspicion };

export interface Decision {
  readonly id: string;
  readonly reason?: string | undefined;
}

/**
 * Leaves out what a suspicion is about: its culprit's views of its content, from its beginning. The exclusion has the
 * suspicion's id, so that a repeat makes no second one, and mends what a call that threw half way left undone.
 */
export const excludeSuspicion = async (
  deps: SuspicionDeps,
  { id, reason }: Decision,
): Promise<
  | Refused
  | { readonly status: "excluded"; readonly suspicion: Suspicion; readonly decided: Decided }
> => {
  const result = await decide(deps, id, "excluded", reason);
  if (result.status !== "decided") return result;
  const { suspicion } = result;
  const { content, rule, fromAt, toAt } = suspicion;
  // What somebody else has written names nobody: then it is the content's views.
  const culprit = culpritOf(suspicion.detail) ?? { kind: "content", value: content };
  const { kind, value } = culprit;
  const decided = await putExclusion(deps, {
    ...{ effect: "exclude", kind, value, fromAt, id, suspicion: id },
    ...(kind !== "content" && content !== "" && { content }),
    toAt: excludedUntil(kind, toAt, suspicion.decided?.at ?? toAt),
    reason: reason ?? rule,
  });
  return { status: "excluded", suspicion, decided };
};

/** Has it stand as honest; what was held of it counts after the next correction of its hours. */
export const dismissSuspicion = async (
  deps: SuspicionDeps,
  { id, reason }: Decision,
): Promise<
  | Refused
  | {
      readonly status: "dismissed";
      readonly suspicion: Suspicion;
      readonly shards: readonly ShardTold<CorrectionQueued>[];
    }
> => {
  const result = await decide(deps, id, "dismissed", reason);
  if (result.status !== "decided") return result;
  const { suspicion } = result;
  const { fromAt, toAt } = suspicion;
  const hours = decidedHours({ fromAt, toAt: toAt + QUIET_MS }, deps.clock.now());
  if (deps.mode === "count" || hours.correctable === undefined) {
    return { status: "dismissed", suspicion, shards: [] };
  }
  const { from, to } = hours.correctable;
  const answers = await orderCorrection(deps, { kind: "hours", from, to, reason: "exclusion" });
  return { status: "dismissed", suspicion, shards: inShardOrder(answers) };
};

const decide = async (
  deps: SuspicionDeps,
  id: string,
  status: Exclude<SuspicionStatus, "open">,
  reason: string | undefined,
): Promise<Refused | { readonly status: "decided"; readonly suspicion: Suspicion }> => {
  const audit = auditOf(deps, {
    action: `suspicion.${status}`,
    subject: id,
    before: { status: "open" },
    after: { status, reason },
  });
  const decided = { at: audit.at, by: audit.actor };
  const suspicion = await deps.suspicions.decide(id, status, decided, audit);
  if (suspicion === undefined) return { status: "unknown-suspicion" };
  return suspicion.status === status
    ? { status: "decided", suspicion }
    : { status: "already-decided", suspicion };
};
