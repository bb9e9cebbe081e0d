import type { ContentId } from "../../core/ids.ts";
import { DWELL_MS, TOKEN_LIFE_MS } from "../../core/limits.ts";
import { asnClass, classify } from "../../core/views/classify.ts";
import { formatEventId, makeEventId } from "../../core/views/event-id.ts";
import type { EdgeVerdict } from "../../core/views/verdict.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import { visitorText } from "../../core/views/visitor-text.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { RateLimit } from "../../ports/rate-limit.ts";
import type { Salts, SaltsAround } from "../../ports/salts.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { TokenSealer } from "../../ports/token-sealer.ts";
import { encodeEvent } from "../../protocol/event-codec.ts";
import type { CapOrigin } from "./cap-door.ts";
import type { ContentCap } from "./content-cap.ts";
import { type MakeEventDeps, makeEvent, type Sighting } from "./make-event.ts";
import type { Admission } from "./registry.ts";
import type { VisitorCap } from "./visitor-cap.ts";
import { hashNetwork } from "./visitor-keys.ts";

export interface MintDeps extends MakeEventDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly salts: Salts;
  readonly sealer: TokenSealer;
  readonly rateLimit: RateLimit;
  readonly telemetry: Telemetry;
  readonly admission: Admission;
  readonly caps: Caps;
}

/** What one network may have of each within an hour. */
export interface Caps {
  readonly visitors: VisitorCap;
  readonly contents: ContentCap;
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
  /** Where the request came in. */
  readonly colo: string;
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
  /** The network opened so many new ones within the hour; a place may be free after this, ms. */
  | { readonly status: "too-many-contents"; readonly cap: number; readonly freeInMs: number }
  | { readonly status: "no-salt" };

/** Hands out a view token; nothing is written, and who is no reader gets one that says so. */
export const mint = async (deps: MintDeps, request: MintRequest): Promise<MintResult> => {
  const { content, colo, visit } = request;
  const at = deps.clock.now();
  const salts = await deps.salts.around(at).catch(() => undefined);
  if (salts === undefined) return { status: "no-salt" };

  const network = await hashNetwork(deps.keyedHash, salts.today.salt, visit.address);
  if (!(await deps.rateLimit.allows(`mint:${network.hi}:${network.lo}`)))
    return { status: "too-many" };

  const admitted = await deps.admission.admits(content).catch(() => undefined);
  if (admitted !== true) return { status: admitted === false ? "unknown-content" : "no-registry" };

  const origin = { colo, network, asnClass: asnClass(visit.asn) };
  const opened = await deps.caps.contents.admits(origin, content);
  if (opened.status === "full") return { ...opened, status: "too-many-contents" };

  const verdict = classify(visit);
  if (verdict !== "countable") deps.telemetry.dropped(verdict);
  const id = makeEventId(at, deps.random.bytes(10));
  const event = await makeCapped(deps, salts, { id, at, content, verdict, origin, request });
  return {
    status: "minted",
    token: await deps.sealer.seal(encodeEvent(event)),
    eventId: formatEventId(id),
    verdict,
    confirmAfterMs: DWELL_MS,
    expiresAt: at + TOKEN_LIFE_MS,
  };
};

interface Opening extends Pick<Sighting, "id" | "at" | "content" | "verdict"> {
  readonly origin: CapOrigin;
  readonly request: MintRequest;
}

/**
 * Above its network's cap a visitor is known by the network alone: all further ones are one. Who is not counted as it is
 * has no place there.
 */
const makeCapped = async (
  deps: MintDeps,
  salts: SaltsAround,
  { origin, request, ...opening }: Opening,
): Promise<ViewEvent> => {
  const { client, visit } = request;
  const { country, region, city, userAgent, address } = visit;
  const { network, asnClass } = origin;
  const seen = { ...opening, country, region, city, userAgent, network, asnClass };
  const event = await makeEvent(deps, salts, { ...seen, who: visitorText({ ...visit, client }) });
  if (opening.verdict !== "countable") return event;
  if (await deps.caps.visitors.admits(origin, event.visitor)) return event;
  const nobody = { address, client: undefined, userAgent: undefined };
  return makeEvent(deps, salts, { ...seen, who: visitorText(nobody) });
};
