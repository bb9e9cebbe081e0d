import { KEYS_MAX } from "../../core/limits.ts";
import type { AccessKey, AccessKeyTables } from "../../ports/access-key-tables.ts";
import { type AuditDeps, auditOf } from "../audit.ts";
import { ROOT_ACTOR } from "./caller.ts";
import type { NamedKeys } from "./named-keys.ts";

export interface KeysDeps extends AuditDeps {
  readonly keys: AccessKeyTables;
  /** What this isolate remembers; others follow when they have forgotten. */
  readonly known: Pick<NamedKeys, "forget">;
}

export type PutKeyResult =
  | { readonly status: "saved"; readonly key: AccessKey; readonly isNew: boolean }
  | { readonly status: "reserved-key-name" }
  | { readonly status: "too-many-keys" }
  /** Somebody else changed it in this moment: theirs stands. */
  | { readonly status: "overtaken" };

/**
 * Makes a key good, for these scopes and no others; one that was revoked too. Safe to repeat. The audit entry says that
 * there is another key under the name, and nothing of the key.
 */
export const putKey = async (
  deps: KeysDeps,
  { name, hash, scopes }: Pick<AccessKey, "name" | "hash" | "scopes">,
): Promise<PutKeyResult> => {
  if (name === ROOT_ACTOR) return { status: "reserved-key-name" };
  const { keys, known } = deps;
  const before = await keys.find(name);
  if (before === undefined && (await keys.list(KEYS_MAX)).length === KEYS_MAX) {
    return { status: "too-many-keys" };
  }
  const deed = {
    action: "key.put",
    subject: name,
    before: before && { scopes: before.scopes, revoked: before.revoked },
    after: { scopes, keyChanged: before?.hash !== hash },
  };
  const entry = auditOf(deps, deed);
  // Later than what was seen here, whatever the clocks say: what is decided meanwhile is later still, and stays.
  const updatedAt = Math.max(entry.at, (before?.updatedAt ?? 0) + 1);
  const key = await keys.put({ name, hash, scopes, createdAt: entry.at, updatedAt }, entry);
  known.forget();
  if (key.hash !== hash || key.updatedAt !== updatedAt) return { status: "overtaken" };
  return { status: "saved", key, isNew: before === undefined };
};

/** From now on it opens nothing: here at once, elsewhere within `KEYS_LIFE_MS`. @returns `undefined` when there is none */
export const revokeKey = async (deps: KeysDeps, name: string): Promise<AccessKey | undefined> => {
  const deed = { action: "key.revoke", subject: name, before: undefined, after: undefined };
  const entry = auditOf(deps, deed);
  const key = await deps.keys.revoke(name, entry.at, entry);
  deps.known.forget();
  return key;
};
