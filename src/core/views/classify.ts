import { isbot } from "isbot";
import { USER_AGENT_MAX_CHARS } from "../limits.ts";
import type { EdgeVerdict } from "./verdict.ts";
import type { AsnClass, BrowserFamily } from "./view-event.ts";

/** What a request says of who is asking. */
export interface Asker {
  readonly userAgent: string | undefined;
  /** `Sec-Purpose` (Fetch standard), or `Purpose` of older browsers. */
  readonly purpose: string | undefined;
}

/** Browsers send 80 to 300 characters; what is far outside was written by a program. */
const USER_AGENT_MIN = 20;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/**
 * The edge's verdict, version `EDGE_RULE_VERSION`: whoever reads ahead (`prefetch`, `prerender`) has not seen anything
 * yet, and whoever names itself a program, nothing, or nonsense is a `bot`.
 */
export const classify = ({ userAgent, purpose }: Asker): EdgeVerdict => {
  if (purpose !== undefined && /\b(?:prefetch|prerender|preview)\b/i.test(purpose))
    return "prefetch";
  if (userAgent === undefined || isAbsurd(userAgent) || isbot(userAgent)) return "bot";
  return "countable";
};

const isAbsurd = (userAgent: string): boolean =>
  userAgent.length < USER_AGENT_MIN ||
  userAgent.length > USER_AGENT_MAX_CHARS ||
  !PRINTABLE_ASCII.test(userAgent);

/** Most specific first: every one of them also says Chrome or Safari. */
const FAMILIES: readonly (readonly [RegExp, BrowserFamily])[] = [
  [/\bEdg(?:e|A|iOS)?\//, "edge"],
  [/\bOPR\/|\bOpera\b/, "opera"],
  [/\bSamsungBrowser\//, "samsung"],
  [/\bFirefox\/|\bFxiOS\//, "firefox"],
  [/\bChrome\/|\bCriOS\//, "chrome"],
  [/\bSafari\//, "safari"],
];

export const browserFamily = (userAgent: string | undefined): BrowserFamily =>
  FAMILIES.find(([pattern]) => pattern.test(userAgent ?? ""))?.[1] ?? "other";

/**
 * Autonomous systems that rent out servers, by number: Amazon, Google Cloud, Microsoft, DigitalOcean, OVH, Hetzner,
 * Akamai Linode, Vultr, Alibaba, Tencent, Oracle, Contabo, Scaleway, Leaseweb. People browse through them too
 * (VPNs), so the class is recorded for correction and does not decide by itself.
 */
const HOSTING = new Set([
  14618, 16509, 15169, 396982, 8075, 14061, 16276, 24940, 63949, 20473, 45102, 37963, 132203, 31898,
  51167, 12876, 60781, 28753,
]);

export const asnClass = (asn: number | undefined): AsnClass => {
  if (asn === undefined) return "unknown";
  return HOSTING.has(asn) ? "hosting" : "access";
};
