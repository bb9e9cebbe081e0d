import type { AuditEntry } from "../../ports/audit-entry.ts";

interface StoredEntry extends Omit<AuditEntry, "before" | "after"> {
  readonly detail: string;
}

export const auditRow = ({ before, after, ...entry }: AuditEntry): StoredEntry => ({
  ...entry,
  detail: JSON.stringify({ before, after }),
});

export const asAuditEntry = ({ detail, ...entry }: StoredEntry): AuditEntry => ({
  ...entry,
  ...detailOf(detail),
});

/** What was taken out of an entry, or written by something else, is told as nothing. */
const detailOf = (text: string): Pick<AuditEntry, "before" | "after"> => {
  try {
    const { before, after } = Object(JSON.parse(text));
    return { before, after };
  } catch {
    return { before: undefined, after: undefined };
  }
};
