import type { Hash64 } from "../hash.ts";
import type { ContentId } from "../ids.ts";

/** What a confirmed token says: everything the answer to "what happened" depends on, the same in every copy. */
export interface ViewEvent {
  /** 16 bytes, UUIDv7. */
  readonly id: Uint8Array;
  /** Issue time in ms, the one inside the id. */
  readonly at: number;
  readonly content: ContentId;
  /** Visitor key of the reporting day of `at`. */
  readonly visitor: Hash64;
  /** Key of the same visitor under yesterday's salt, while the day is younger than the dedupe window. */
  readonly previousVisitor?: Hash64;
  readonly shard: number;
  /** Code of the edge's verdict: 0 is countable. */
  readonly edgeVerdict: number;
  readonly ruleVersion: number;
  /** ISO 3166-1 alpha-2, `XX` where unknown. */
  readonly country: string;
  /** First-level region code, at most 8 characters, empty where unknown. */
  readonly region: string;
  /** At most 64 bytes of UTF-8, empty where unknown. */
  readonly city: string;
  readonly asnClass: AsnClass;
  /** Network of the visitor, hashed with the day's salt; `NO_NETWORK` where nobody knows it. */
  readonly network: Hash64;
  readonly browser: BrowserFamily;
}

/** Of an event whose sender named no address: what has it need not come from one network. */
export const NO_NETWORK: Hash64 = { hi: 0, lo: 0 };

/** Kinds of network a request may come from; the index is what is sealed. */
export const ASN_CLASSES = ["unknown", "access", "hosting"] as const;
export type AsnClass = (typeof ASN_CLASSES)[number];

/** Families of browsers told apart; the index is what is sealed. */
export const BROWSER_FAMILIES = [
  "other",
  "chrome",
  "safari",
  "firefox",
  "edge",
  "samsung",
  "opera",
] as const;
export type BrowserFamily = (typeof BROWSER_FAMILIES)[number];
