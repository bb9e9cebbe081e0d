import type { ContentId } from "../../core/ids.ts";
import { DWELL_MS, TOKEN_LIFE_MS } from "../../core/limits.ts";
import { asnClass, classify } from "../../core/views/classify.ts";
import { formatEventId, makeEventId } from "../../core/views/event-id.ts";
import type { EdgeVerdict } from "../../core/views/verdict.ts";
import { visitorText } from "../../core/views/visitor-text.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Salts } from "../../ports/salts.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { TokenSealer } from "../../ports/token-sealer.ts";
import { encodeEvent } from "../../protocol/event-codec.ts";
import { type MakeEventDeps, makeEvent } from "./make-event.ts";
import type { Admission } from "./registry.ts";
import { hashNetwork } from "./visitor-keys.ts";

export interface MintDeps extends MakeEventDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly salts: Salts;
  readonly sealer: TokenSealer;
  readonly telemetry: Telemetry;
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
  /** @see Seen */
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
  | { readonly status: "no-salt" };

/** Hands out a view token; nothing is written, and who is no reader gets one that says so. */
export const mint = async (deps: MintDeps, request: MintRequest): Promise<MintResult> => {
  const { content, visit } = request;
  const at = deps.clock.now();
  const salts = await deps.salts.around(at).catch(() => undefined);
  if (salts === undefined) return { status: "no-salt" };

  const network = await hashNetwork(deps.keyedHash, salts.today.salt, visit.address);
  const admitted = await deps.admission.admits(content).catch(() => undefined);
  if (admitted !== true) return { status: admitted === false ? "unknown-content" : "no-registry" };

  const verdict = classify(visit);
  if (verdict !== "countable") deps.telemetry.dropped(verdict);
  const id = makeEventId(at, deps.random.bytes(10));
  const { country, region, city, userAgent } = visit;
  const event = await makeEvent(deps, salts, {
    ...{ id, at, content, who: visitorText({ ...visit, client: request.client }), verdict },
    ...{ country, region, city, userAgent, network, asnClass: asnClass(visit.asn) },
  });
  return {
    status: "minted",
    token: await deps.sealer.seal(encodeEvent(event)),
    eventId: formatEventId(id),
    verdict,
    confirmAfterMs: DWELL_MS,
    expiresAt: at + TOKEN_LIFE_MS,
  };
};
