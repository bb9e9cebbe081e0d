import type { ContentId } from "../../core/ids.ts";
import { RECEIPT_LIFE_MS, RECEIPT_TIMEOUT_MS } from "../../core/limits.ts";
import { formatEventId } from "../../core/views/event-id.ts";
import { type Found, type Outcome, outcomeOf } from "../../core/views/receipt.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import { demandWithin, TimeoutError, type Timers } from "../../ports/timers.ts";
import type { TokenSealer } from "../../ports/token-sealer.ts";
import { decodeEvent } from "../../protocol/event-codec.ts";
import { type FindDeps, findVerdict } from "./find-verdict.ts";

export interface ReceiptDeps extends Omit<FindDeps, "demandTime"> {
  readonly sealer: TokenSealer;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

export interface Receipt {
  readonly eventId: string;
  readonly content: ContentId;
  /** Ms. */
  readonly openedAt: number;
  readonly outcome: Outcome;
}

export type ReceiptResult =
  | { readonly status: "given"; readonly receipt: Receipt }
  | { readonly status: "forged" }
  | { readonly status: "expired" }
  | { readonly status: "unavailable" };

/** Tells who holds a view token what became of the view, and why; of others, nothing. */
export const receiptFor = async (deps: ReceiptDeps, token: string): Promise<ReceiptResult> => {
  const now = deps.clock.now();
  const opened = await deps.sealer.open(token);
  const event = opened.status === "genuine" ? decodeEvent(opened.payload) : undefined;
  if (event === undefined) return { status: "forged" };
  if (now - event.at >= RECEIPT_LIFE_MS) return { status: "expired" };
  const eventId = formatEventId(event.id);
  try {
    const outcome = outcomeOf(event, await find(deps, event), deps.clock.now());
    const { content, at: openedAt } = event;
    return { status: "given", receipt: { eventId, content, openedAt, outcome } };
  } catch (cause) {
    deps.log.warn("receipt.failed", { event: eventId, cause: `${cause}` });
    return { status: "unavailable" };
  }
};

/** Whoever gave up waiting reads no further. */
const find = (deps: ReceiptDeps, event: ViewEvent): Promise<Found | undefined> => {
  const { clock, timers } = deps;
  const until = clock.now() + RECEIPT_TIMEOUT_MS;
  const demandTime = () => {
    if (clock.now() >= until) throw new TimeoutError("the time for a receipt is over");
  };
  const found = findVerdict({ ...deps, demandTime }, event);
  return demandWithin(found, RECEIPT_TIMEOUT_MS, "what a receipt is made of", timers);
};
