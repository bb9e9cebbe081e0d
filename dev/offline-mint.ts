/** View tokens made without asking the service, which would have each of them wait for its dwell. */
import { webCryptoSealer } from "../src/adapters/webcrypto/token-sealer.ts";
import { mix32 } from "../src/core/hash.ts";
import { contentId } from "../src/core/ids.ts";
import { formatEventId, makeEventId } from "../src/core/views/event-id.ts";
import { parseSchedule, shardOf } from "../src/core/views/shards.ts";
import { EDGE_RULE_VERSION, EDGE_VERDICTS } from "../src/core/views/verdict.ts";
import { fromBase64Url } from "../src/protocol/base64url.ts";
import { encodeEvent } from "../src/protocol/event-codec.ts";

export interface MinterConfig {
  /** `TOKEN_KEYS` of the service under load: the first key seals. */
  readonly tokenKeys: string;
  /** `TALLY_SHARDS` of the service under load. */
  readonly shards: string;
}

export interface MintedToken {
  readonly token: string;
  readonly eventId: string;
}

/**
 * @param content id of the content
 * @param visitor number of the visitor below 2^32: different numbers are different visitors
 * @param atMs when the page was opened; confirmable from 3 s to 10 min later
 */
export type Minter = (content: string, visitor: number, atMs: number) => Promise<MintedToken>;

/** @throws when the configuration is not one the service would take */
export const makeMinter = ({ tokenKeys, shards }: MinterConfig): Minter => {
  const sealer = webCryptoSealer([firstKey(tokenKeys)]);
  const parsed = parseSchedule(shards);
  if (parsed.status === "refused") throw new Error(`TALLY_SHARDS: ${parsed.reason}`);

  return async (content, visitor, atMs) => {
    const known = contentId(content);
    if (known === undefined) throw new Error(`"${content}" is no content id`);
    const id = makeEventId(atMs, crypto.getRandomValues(new Uint8Array(10)));
    const payload = encodeEvent({
      id,
      at: atMs,
      content: known,
      visitor: { hi: mix32(~visitor), lo: mix32(visitor) },
      shard: shardOf(parsed.schedule, known, atMs),
      edgeVerdict: EDGE_VERDICTS.countable,
      ruleVersion: EDGE_RULE_VERSION,
      country: "XX",
      region: "",
      city: "",
      asnClass: "access",
      network: { hi: 0, lo: mix32(visitor) },
      browser: "chrome",
    });
    return { token: await sealer.seal(payload), eventId: formatEventId(id) };
  };
};

const firstKey = (tokenKeys: string) => {
  const [id = "", encoded = ""] = (tokenKeys.split(",")[0] ?? "").trim().split(":");
  const secret = fromBase64Url(encoded);
  if (id === "" || secret === undefined) throw new Error("TOKEN_KEYS holds no ID:SECRET");
  return { id, secret };
};
