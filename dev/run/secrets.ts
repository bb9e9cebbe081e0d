/** The secrets of a local deployment, in a file that is never overwritten. */
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseEnv } from "node:util";
import { toBase64Url } from "../../src/protocol/base64url.ts";
import { Failure } from "./flags.ts";
import { readWranglerFile } from "./wrangler-file.ts";

const SECRET_BYTES = 32;

const MAKE: Readonly<Record<string, () => string>> = {
  TOKEN_KEYS: () => `k1:${randomText()}`,
  ADMIN_KEY: randomText,
};

/** Adds the secrets that are missing. @returns the names of those that were added */
export const ensureSecrets = (file: string): readonly string[] => {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const known = parseEnv(text);
  const missing = Object.entries(MAKE).filter(([name]) => known[name] === undefined);
  if (missing.length === 0) return [];
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  const lines = missing.map(([name, make]) => `${name}="${make()}"\n`);
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, separator + lines.join(""), { mode: 0o600 });
  chmodSync(file, 0o600);
  return missing.map(([name]) => name);
};

/** @returns the variables of `wrangler.toml`, and over them those of the file, as `wrangler dev` has them */
export const readVariables = (file: string): Readonly<Record<string, string>> => {
  const secrets = parseEnv(readFileSync(file, "utf8"));
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...readWranglerFile().variables, ...secrets })) {
    if (typeof value !== "string") throw new Failure(`${name} in wrangler.toml is no text`);
    variables[name] = value;
  }
  return variables;
};

function randomText(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}
