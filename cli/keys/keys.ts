/** `headcount keys`: who may do what at a service. */
import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { Failure } from "../../dev/run/flags.ts";
import { sha256Hex } from "../../src/protocol/sha256.ts";
import { untilInterrupted } from "../interrupted.ts";
import { type Ask, askAt } from "../service/ask.ts";
import { type KeysOrder, parseKeysFlags } from "./flags.ts";

const TIMEOUT_MS = 15_000;
const KEY_BYTES = 32;

const KeyFormat = v.object({
  name: v.string(),
  scopes: v.array(v.string()),
  revoked: v.boolean(),
  updatedAt: v.string(),
});
const KeysFormat = v.object({ keys: v.array(KeyFormat) });

/** @throws Failure when the service does not do it */
export const keys = async (args: readonly string[]): Promise<void> => {
  const { address, order } = parseKeysFlags(args);
  const ask = askAt(address, untilInterrupted());
  switch (order.kind) {
    case "list":
      return list(ask);
    case "revoke":
      return revoke(ask, order.name);
    case "put":
      return put(ask, order);
  }
};

const list = async (ask: Ask): Promise<void> => {
  const { keys: known } = await ask(KeysFormat, "keys", TIMEOUT_MS);
  for (const { name, scopes, revoked, updatedAt } of known) {
    console.log([name, scopes.join(","), revoked ? "revoked" : "good", updatedAt].join("\t"));
  }
  if (known.length === 0) console.error("There are no keys but ADMIN_KEY.");
};

const revoke = async (ask: Ask, name: string): Promise<void> => {
  await ask(KeyFormat, `keys/${name}`, TIMEOUT_MS, { method: "DELETE" });
  console.error(`${name} opens nothing any more, 30 seconds from now at the latest.`);
};

/** The key goes to standard output alone, so that it can be caught; only its hash is sent. */
const put = async (ask: Ask, { name, scopes, replace }: PutOrder): Promise<void> => {
  if (!replace) await demandUnused(ask, name);
  const key = `hck_${randomBytes(KEY_BYTES).toString("base64url")}`;
  const body = JSON.stringify({ hash: await sha256Hex(key), scopes });
  await ask(KeyFormat, `keys/${name}`, TIMEOUT_MS, { method: "PUT", body });
  console.error(`The key of ${name}, for ${scopes.join(" and ")}. It is shown this once:`);
  console.log(key);
};

type PutOrder = Extract<KeysOrder, { readonly kind: "put" }>;

/** @throws Failure when somebody may be using a key of this name */
const demandUnused = async (ask: Ask, name: string): Promise<void> => {
  const { keys: known } = await ask(KeysFormat, "keys", TIMEOUT_MS);
  if (!known.some((key) => key.name === name && !key.revoked)) return;
  throw new Failure(
    `There is a key ${name}, and it would end at once. Give the new one another name and revoke ${name} when nobody uses it, or say --replace`,
  );
};
