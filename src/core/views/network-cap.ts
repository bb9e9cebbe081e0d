import type { AsnClass } from "./view-event.ts";

/** How many of each one network may have within `CAP_LIFE_MS`. */
export interface NetworkCap {
  readonly visitors: number;
  /** That nobody has counted a view of yet. */
  readonly contents: number;
}

/** Machines for rent have a lower tier: few people browse from there, and whoever wants many visitors rents them. */
export type NetworkCaps = Readonly<Record<"access" | "hosting", NetworkCap>>;

export const capOf = (caps: NetworkCaps, asnClass: AsnClass): NetworkCap =>
  asnClass === "hosting" ? caps.hosting : caps.access;
