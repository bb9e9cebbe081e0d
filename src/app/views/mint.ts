import type { ContentId } from "../../core/ids.ts";
import { DEDUPE_WINDOW_MS, DWELL_MS, TOKEN_LIFE_MS } from "../../core/limits.ts";
import { networkOf } from "../../core/network.ts";
import { asnClass, browserFamily, classify } from "../../core/views/classify.ts";
import { formatEventId, makeEventId } from "../../core/views/event-id.ts";
import { type ShardSchedule, shardOf } from "../../core/views/shards.ts";
import { EDGE_RULE_VERSION, EDGE_VERDICTS, type EdgeVerdict } from "../../core/views/verdict.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KeyedHash } from "../../ports/keyed-hash.ts";
import type { Random } from "../../ports/random.ts";
import type { RateLimit } from "../../ports/rate-limit.ts";
import type { Salts, SaltsAround } from "../../ports/salts.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { TokenSealer } from "../../ports/token-sealer.ts";
import { encodeEvent } from "../../protocol/event-codec.ts";
import type { Admission } from "./registry.ts";

export interface MintDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly salts: Salts;
  readonly keyedHash: KeyedHash;
  readonly sealer: TokenSealer;
  readonly rateLimit: RateLimit;
  readonly telemetry: Telemetry;
  readonly schedule: ShardSchedule;
  readonly admission: Admission;
}

/** Who asks, from where: what the platform says of a request. */
export interface Visit {
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly purpose: string | undefined;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly asn: number | undefined;
}

export interface MintRequest {
  readonly content: ContentId;
  /** The site's own id of the browser; without it, the network and the user agent tell visitors apart. */
  readonly client: string | undefined;
  readonly visit: Visit;
}

export type MintResult =
  | {
      readonly status: "minted";
      readonly token: string;
      readonly eventId: string;
      readonly verdict: EdgeVerdict;
      readonly confirmAfterMs: number;
      /** Unix ms. */
      readonly expiresAt: number;
    }
  | { readonly status: "unknown-content" }
  | { readonly status: "no-registry" }
  | { readonly status: "too-many" }
  | { readonly status: "no-salt" };

/** Hands out a view token; nothing is written, and who is no reader gets one that says so. */
export const mint = async (deps: MintDeps, request: MintRequest): Promise<MintResult> => {
  const { content, visit } = request;
  const at = deps.clock.now();
  const salts = await deps.salts.around(at).catch(() => undefined);
  if (salts === undefined) return { status: "no-salt" };

  const network = await hashNetwork(deps.keyedHash, salts.today.salt, visit.address);
  if (!(await deps.rateLimit.allows(`mint:${network.hi}:${network.lo}`)))
    return { status: "too-many" };

  const admitted = await deps.admission.admits(content).catch(() => undefined);
  if (admitted !== true) return { status: admitted === false ? "unknown-content" : "no-registry" };

  const verdict = classify(visit);
  if (verdict !== "countable") deps.telemetry.dropped(verdict);
  const id = makeEventId(at, deps.random.bytes(10));
  const event: ViewEvent = {
    id,
    at,
    content,
    ...(await visitorKeys(deps.keyedHash, salts, at, request)),
    shard: shardOf(deps.schedule, content, at),
    edgeVerdict: EDGE_VERDICTS[verdict],
    ruleVersion: EDGE_RULE_VERSION,
    country: visit.country,
    region: visit.region,
    city: visit.city,
    asnClass: asnClass(visit.asn),
    network,
    browser: browserFamily(visit.userAgent),
  };
  return {
    status: "minted",
    token: await deps.sealer.seal(encodeEvent(event)),
    eventId: formatEventId(id),
    verdict,
    confirmAfterMs: DWELL_MS,
    expiresAt: at + TOKEN_LIFE_MS,
  };
};

/** Networks are compared between mint and confirm, and never kept as they are. */
export const hashNetwork = (keyedHash: KeyedHash, salt: Uint8Array, address: string) =>
  keyedHash.hash(salt, `network\n${networkOf(address)}`);

/** Today's key and, while the day is younger than the dedupe window, yesterday's, so that midnight counts nobody twice. */
const visitorKeys = async (
  keyedHash: KeyedHash,
  { today, yesterday }: SaltsAround,
  at: number,
  { client, visit }: MintRequest,
): Promise<Pick<ViewEvent, "visitor" | "previousVisitor">> => {
  const who = `visitor\n${client ?? ""}\n${networkOf(visit.address)}\n${visit.userAgent ?? ""}`;
  const visitor = await keyedHash.hash(today.salt, who);
  if (yesterday === undefined || at - today.startMs >= DEDUPE_WINDOW_MS) return { visitor };
  return { visitor, previousVisitor: await keyedHash.hash(yesterday.salt, who) };
};
