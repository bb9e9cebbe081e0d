import { KEYS_LIFE_MS, KEYS_LOOK_AGAIN_MS } from "../../core/limits.ts";
import { sameText } from "../../core/same-text.ts";
import type { AccessKey } from "../../ports/access-key-tables.ts";
import { SCOPES } from "../../protocol/scopes.ts";
import { sha256Hex } from "../../protocol/sha256.ts";
import { type Caller, ROOT_ACTOR } from "./caller.ts";
import type { NamedKeys } from "./named-keys.ts";

export interface KeyringDeps {
  /** The deployment's own keys: each may do everything. */
  readonly adminKeys: readonly string[];
  readonly named: Pick<NamedKeys, "standing">;
}

/** `unavailable`: it is none of the deployment's own, and the others cannot be known now. */
export type Known = Caller | "unknown" | "unavailable";

const ROOT: Caller = { actor: ROOT_ACTOR, scopes: new Set(SCOPES) };

/**
 * Whose key it is. Whatever comes is hashed, nothing too, and its hash compared with every hash there is, without an
 * early end: so the time it takes tells nobody how near a guess was, and a missing, malformed, unknown and revoked key
 * are the same work.
 */
export class Keyring {
  readonly #deps: KeyringDeps;
  #rootHashes: readonly string[] | undefined;

  constructor(deps: KeyringDeps) {
    this.#deps = deps;
  }

  /** @param key as it came; empty when none did */
  async callerOf(key: string): Promise<Known> {
    const { named } = this.#deps;
    const hash = await sha256Hex(key);
    if (anyOf(await this.#roots(), hash) && key !== "") return ROOT;
    const known = await named.standing(KEYS_LIFE_MS);
    if (known === undefined) return "unavailable";
    const found = matching(known, hash);
    if (found !== undefined && key !== "") return asCaller(found);
    // It may be one that was put elsewhere a moment ago.
    const newer = (await named.standing(KEYS_LOOK_AGAIN_MS)) ?? known;
    const late = matching(newer, hash);
    return late !== undefined && key !== "" ? asCaller(late) : "unknown";
  }

  /** Values and no promise are kept: a promise would belong to the request that made it. */
  async #roots(): Promise<readonly string[]> {
    this.#rootHashes ??= await Promise.all(this.#deps.adminKeys.map(sha256Hex));
    return this.#rootHashes;
  }
}

const asCaller = ({ name, scopes }: AccessKey): Caller => ({
  actor: name,
  scopes: new Set(scopes),
});

const anyOf = (hashes: readonly string[], hash: string): boolean =>
  hashes.filter((known) => sameText(known, hash)).length > 0;

/** @returns the last of those with this hash: a key put under two names is one */
const matching = (keys: readonly AccessKey[], hash: string): AccessKey | undefined =>
  keys.filter((known) => sameText(known.hash, hash)).at(-1);
