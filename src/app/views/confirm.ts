import type { Hash64 } from "../../core/hash.ts";
import type { ContentId } from "../../core/ids.ts";
import { ACK_DEADLINE_MS } from "../../core/limits.ts";
import { judgeDwell } from "../../core/views/dwell.ts";
import { formatEventId } from "../../core/views/event-id.ts";
import { EDGE_VERDICTS } from "../../core/views/verdict.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KeyedHash } from "../../ports/keyed-hash.ts";
import type { Salts } from "../../ports/salts.ts";
import type { Timers } from "../../ports/timers.ts";
import type { TokenSealer } from "../../ports/token-sealer.ts";
import { concat } from "../../protocol/bytes.ts";
import { decodeEvent } from "../../protocol/event-codec.ts";
import { encodeFrame, MARKS } from "../../protocol/frame.ts";
import type { DaySalt } from "../../protocol/object-rpc.ts";
import type { Limiter, Ruling } from "../limits/limiter.ts";
import type { GroupLane } from "./group-lane.ts";
import { handOver } from "./hand-over.ts";
import { hashNetwork } from "./visitor-keys.ts";

export interface ConfirmDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly salts: Salts;
  readonly keyedHash: KeyedHash;
  readonly sealer: TokenSealer;
  readonly lane: GroupLane;
  readonly limiter: Pick<Limiter, "visitor">;
}

export interface ConfirmRequest {
  readonly tokens: readonly string[];
  readonly address: string;
  readonly colo: string;
  /** How long to wait for `durable`, ms; absent: answer in time with what is known. */
  readonly waitMs: number | undefined;
  /** Keeps work alive past the answer. */
  background(work: Promise<void>): void;
}

/** `durable`: on disk at a Collector. `accepted`: on its way there, and gone if the edge dies now. */
export type Ack = "durable" | "accepted";

export type ConfirmResult =
  | {
      readonly status: "confirmed";
      readonly eventId: string;
      readonly ack: Ack;
      /** The content, if the view is one that may count. */
      readonly viewed: ContentId | undefined;
    }
  /** Not known to be durable: the same token again is safe. */
  | { readonly status: "unavailable"; readonly eventId: string }
  | { readonly status: "early"; readonly retryAfterMs: number }
  | { readonly status: "expired" }
  | { readonly status: "forged" }
  | { readonly status: "too-many"; readonly ruling: Ruling };

type Judged =
  | {
      readonly status: "genuine";
      readonly eventId: string;
      readonly viewed: ContentId | undefined;
      readonly frame: Uint8Array;
    }
  | Exclude<ConfirmResult, { readonly eventId: string }>;

/** @returns a result a token, in their order */
export const confirm = async (
  deps: ConfirmDeps,
  request: ConfirmRequest,
): Promise<readonly ConfirmResult[]> => {
  const now = deps.clock.now();
  const asker = { networkOn: networkByDay(deps, request.address), rulingOn: rulingByVisitor(deps) };
  const judged = await Promise.all(
    request.tokens.map((token) => judgeToken(deps, token, asker, now)),
  );
  const frames = judged.flatMap((one) => (one.status === "genuine" ? [one.frame] : []));
  const ack = frames.length > 0 ? await hand(deps, request, concat(frames)) : undefined;
  return judged.map((one) => {
    if (one.status !== "genuine") return one;
    const { eventId, viewed } = one;
    return ack === undefined
      ? { status: "unavailable", eventId }
      : { status: "confirmed", eventId, ack, viewed };
  });
};

const judgeToken = async (
  deps: ConfirmDeps,
  token: string,
  { networkOn, rulingOn }: Asker,
  now: number,
): Promise<Judged> => {
  const opened = await deps.sealer.open(token);
  const event = opened.status === "genuine" ? decodeEvent(opened.payload) : undefined;
  if (opened.status === "forged" || event === undefined) return { status: "forged" };
  const dwell = judgeDwell(event.at, now);
  if (dwell.status !== "confirmed") return dwell;
  const ruling = await rulingOn(event.visitor);
  if (ruling?.allowed === false) return { status: "too-many", ruling };
  const marks = marksOf(event, await networkOn(event.at));
  const frame = encodeFrame(opened.payload, now, marks);
  const viewed = event.edgeVerdict === EDGE_VERDICTS.countable ? event.content : undefined;
  return { status: "genuine", eventId: formatEventId(event.id), viewed, frame };
};

/** What is found out once for all tokens of a request. */
interface Asker {
  readonly networkOn: NetworkOn;
  readonly rulingOn: (visitor: Hash64) => ReturnType<Limiter["visitor"]>;
}

/** A request counts once for each visitor in it, however many of their tokens it brings. */
const rulingByVisitor = ({ limiter }: ConfirmDeps): Asker["rulingOn"] => {
  const rulings = new Map<string, ReturnType<Limiter["visitor"]>>();
  return ({ hi, lo }) => {
    const visitor = `${hi}:${lo}`;
    const ruling = rulings.get(visitor) ?? limiter.visitor("confirm", visitor);
    rulings.set(visitor, ruling);
    return ruling;
  };
};

/** The network of the request under the salt of the day of `at`; absent when this isolate does not know the salt. */
type NetworkOn = (at: number) => Promise<Hash64> | undefined;

/** Hashed once a day, not once a token: all of a body's tokens come from one address. */
const networkByDay = ({ salts, keyedHash }: ConfirmDeps, address: string): NetworkOn => {
  const networks = new Map<DaySalt, Promise<Hash64>>();
  return (at) => {
    const day = salts.remembered(at);
    if (day === undefined) return undefined;
    const network = networks.get(day) ?? hashNetwork(keyedHash, day.salt, address);
    networks.set(day, network);
    return network;
  };
};

/** A phone that went from Wi-Fi to LTE is still the same view; correction may look at how often that happens. */
const marksOf = ({ network }: ViewEvent, now: Hash64 | undefined): number => {
  const same = now === undefined || (now.hi === network.hi && now.lo === network.lo);
  return same ? 0 : MARKS.otherNetwork;
};

const hand = async (
  deps: ConfirmDeps,
  { colo, waitMs, background }: ConfirmRequest,
  frames: Uint8Array,
): Promise<Ack | undefined> => {
  const way = { colo, waitMs: waitMs ?? ACK_DEADLINE_MS, background };
  const outcome = await handOver(deps, way, frames);
  if (outcome === "committed") return "durable";
  return outcome === undefined && waitMs === undefined ? "accepted" : undefined;
};
