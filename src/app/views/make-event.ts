import { browserFamily } from "../../core/views/classify.ts";
import { type ShardSchedule, shardOf } from "../../core/views/shards.ts";
import { EDGE_RULE_VERSION, EDGE_VERDICTS, type EdgeVerdict } from "../../core/views/verdict.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import type { KeyedHash } from "../../ports/keyed-hash.ts";
import type { SaltsAround } from "../../ports/salts.ts";
import { visitorKeys } from "./visitor-keys.ts";

export interface MakeEventDeps {
  readonly keyedHash: KeyedHash;
  readonly schedule: ShardSchedule;
}

/** What an event is made of. */
export interface Sighting
  extends Pick<
    ViewEvent,
    "id" | "at" | "content" | "country" | "region" | "city" | "asnClass" | "network"
  > {
  /** @see visitorText @see userText */
  readonly who: string;
  readonly userAgent: string | undefined;
  readonly verdict: EdgeVerdict;
}

/** @param salts of the day of the event's time */
export const makeEvent = async (
  { keyedHash, schedule }: MakeEventDeps,
  salts: SaltsAround,
  { who, userAgent, verdict, ...seen }: Sighting,
): Promise<ViewEvent> => ({
  ...seen,
  ...(await visitorKeys(keyedHash, salts, seen.at, who)),
  shard: shardOf(schedule, seen.content, seen.at),
  edgeVerdict: EDGE_VERDICTS[verdict],
  ruleVersion: EDGE_RULE_VERSION,
  browser: browserFamily(userAgent),
});
