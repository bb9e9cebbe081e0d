import { DEDUPE_WINDOW_MS } from "../../core/limits.ts";
import { networkOf } from "../../core/network.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import type { KeyedHash } from "../../ports/keyed-hash.ts";
import type { SaltsAround } from "../../ports/salts.ts";

/** Networks are compared between mint and confirm, and never kept as they are. */
export const hashNetwork = (keyedHash: KeyedHash, salt: Uint8Array, address: string) =>
  keyedHash.hash(salt, `network\n${networkOf(address)}`);

/** Today's key and, while the day is younger than the dedupe window, yesterday's, so that midnight counts nobody twice. */
export const visitorKeys = async (
  keyedHash: KeyedHash,
  { today, yesterday }: SaltsAround,
  at: number,
  who: string,
): Promise<Pick<ViewEvent, "visitor" | "previousVisitor">> => {
  const visitor = await keyedHash.hash(today.salt, who);
  if (yesterday === undefined || at - today.startMs >= DEDUPE_WINDOW_MS) return { visitor };
  return { visitor, previousVisitor: await keyedHash.hash(yesterday.salt, who) };
};
