import type {
  Exclusion,
  ExclusionRecord,
  StandingExclusion,
} from "../../ports/correction-tables.ts";

interface StoredExclusion extends Omit<Exclusion, "content" | "toAt"> {
  readonly id: string;
  readonly content: string | null;
  readonly toAt: number | null;
}

interface StoredRecord
  extends StoredExclusion,
    Pick<ExclusionRecord, "reason" | "actor" | "createdAt"> {
  readonly suspicion: string | null;
  readonly revokedAt: number | null;
  readonly revokedBy: string | null;
  readonly revokedFor: string | null;
}

/** As the port has it: what a column holds as NULL is absent. */
export const asExclusion = ({
  id,
  effect,
  kind,
  value,
  content,
  fromAt,
  toAt,
}: StoredExclusion): StandingExclusion => ({
  ...{ id, effect, kind, value, fromAt },
  content: content ?? undefined,
  toAt: toAt ?? undefined,
});

export const asExclusionRecord = (row: StoredRecord): ExclusionRecord => ({
  ...asExclusion(row),
  ...{ reason: row.reason, actor: row.actor, createdAt: row.createdAt },
  suspicion: row.suspicion ?? undefined,
  // Of those taken back before it was kept who did it, the time alone is known.
  revoked:
    row.revokedAt === null
      ? undefined
      : { at: row.revokedAt, by: row.revokedBy ?? "", reason: row.revokedFor ?? "" },
});

export const exclusionRow = ({ revoked, ...record }: ExclusionRecord) => ({
  ...record,
  content: record.content ?? null,
  toAt: record.toAt ?? null,
  suspicion: record.suspicion ?? null,
  revokedAt: revoked?.at ?? null,
  revokedBy: revoked?.by ?? null,
  revokedFor: revoked?.reason ?? null,
});
