/** Flags of `headcount keys`. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "../../dev/run/flags.ts";
import { ID_PATTERN } from "../../src/core/ids.ts";
import { isScope, SCOPES, type Scope } from "../../src/protocol/scopes.ts";
import type { ServiceAddress } from "../service/ask.ts";
import { ADDRESS_OPTIONS, addressOf } from "../service/flags.ts";
import { strictly } from "../strictly.ts";

const OPTIONS = {
  ...ADDRESS_OPTIONS,
  scopes: { type: "string" },
  replace: { type: "boolean", default: false },
} as const satisfies ParseArgsConfig["options"];

export type KeysOrder =
  | { readonly kind: "list" }
  | { readonly kind: "revoke"; readonly name: string }
  | {
      readonly kind: "put";
      readonly name: string;
      readonly scopes: readonly Scope[];
      /** The name's key of before ends with it. */
      readonly replace: boolean;
    };

export interface KeysFlags {
  readonly address: ServiceAddress;
  readonly order: KeysOrder;
}

/** @throws UsageError */
export const parseKeysFlags = (args: readonly string[]): KeysFlags => {
  const { values, positionals } = strictly(() =>
    parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
  );
  const order = orderOf(positionals, values.scopes, values.replace);
  return { address: addressOf(values), order };
};

const orderOf = (
  [kind, ...names]: readonly string[],
  scopes: string | undefined,
  replace: boolean,
): KeysOrder => {
  if (kind !== "put" && (scopes !== undefined || replace)) {
    throw new UsageError("--scopes and --replace are of keys put");
  }
  switch (kind) {
    case "list":
      if (names.length > 0) throw new UsageError("keys list takes no name");
      return { kind };
    case "revoke":
      return { kind, name: nameOf(kind, names) };
    case "put":
      return { kind, name: nameOf(kind, names), scopes: scopesOf(scopes), replace };
    default:
      throw new UsageError("keys is followed by put, list or revoke");
  }
};

const nameOf = (kind: string, [name, ...more]: readonly string[]): string => {
  if (name === undefined || more.length > 0) throw new UsageError(`keys ${kind} takes one name`);
  if (!ID_PATTERN.test(name)) throw new UsageError("a name is 1 to 64 of A-Z a-z 0-9 _ -");
  return name;
};

const scopesOf = (text = ""): readonly Scope[] => {
  const scopes = text.split(",").map((scope) => scope.trim());
  const known = scopes.filter(isScope);
  if (known.length < scopes.length) {
    throw new UsageError(`--scopes is some of ${SCOPES.join(",")}, with commas between`);
  }
  return known;
};
