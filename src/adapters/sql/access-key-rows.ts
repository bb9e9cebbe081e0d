import type { AccessKey } from "../../ports/access-key-tables.ts";
import { isScope } from "../../protocol/scopes.ts";

interface StoredKey extends Omit<AccessKey, "scopes"> {
  /** Words with blanks between. */
  readonly scopes: string;
}

/** A scope that this version does not know is none. */
export const asAccessKey = ({ scopes, ...row }: StoredKey): AccessKey => ({
  ...row,
  scopes: scopes.split(" ").filter(isScope),
});

/** As it is put: good, whatever was before. */
export const accessKeyRow = ({ scopes, ...key }: Omit<AccessKey, "revoked">): StoredKey => ({
  ...key,
  scopes: scopes.join(" "),
  revoked: false,
});

/** @throws Error when a row that was just written is gone: rows are deleted by nobody */
export const demandKey = (row: StoredKey | undefined): AccessKey => {
  if (row === undefined) throw new Error("a key that was just put is not there");
  return asAccessKey(row);
};
