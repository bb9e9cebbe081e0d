/** Where and when a run takes place. Two midnights: reporting days change an hour before UTC's. */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const TIME_ZONE = "Europe/Berlin";
/** Of the zone from UTC, all winter long. */
export const ZONE_OFFSET_MS = HOUR_MS;

export const STARTS_AT = Date.UTC(2026, 10, 21, 10);
export const TRAFFIC_HOURS = 27;
export const TRAFFIC_ENDS_AT = STARTS_AT + TRAFFIC_HOURS * HOUR_MS;
/** A new salt, and for a minute both visitor keys. */
export const MIDNIGHT = Date.UTC(2026, 10, 21, 23);
/** The night after the second reporting day, with time for its correction. */
export const ENDS_AT = Date.UTC(2026, 10, 23, 4);

/** In the middle of a reporting day contents move to other shards. */
export const SHARDS = "5,7@2026-11-22T03Z";
/** The same for a short run, whose time goes into what each shard costs by the hour. */
export const FEW_SHARDS = "2,3@2026-11-22T03Z";

export const CONTENTS = 20_000;

/** Weights of where readers come in. */
export const COLOS = { FRA: 40, VIE: 22, LHR: 20, IAD: 17, HEL: 1 } as const;
export type Colo = keyof typeof COLOS;

const cut = (hours: number, minutes: number) =>
  [STARTS_AT + hours * HOUR_MS, STARTS_AT + hours * HOUR_MS + minutes * MINUTE_MS] as const;

/** A Collector that acknowledges and reaches no Tally: what it has is handed over beyond the horizon. */
export const CUT_COLO: Colo = "HEL";
export const CUTS: readonly (readonly [fromMs: number, toMs: number])[] = [
  cut(5.2, 32),
  cut(14.6, 33),
];
