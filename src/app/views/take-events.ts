import type { ContentId } from "../../core/ids.ts";
import { EVENTS_PARALLEL, EVENTS_WAIT_MS } from "../../core/limits.ts";
import { classify } from "../../core/views/classify.ts";
import { formatEventId } from "../../core/views/event-id.ts";
import type { EdgeVerdict } from "../../core/views/verdict.ts";
import { NO_NETWORK, type ViewEvent } from "../../core/views/view-event.ts";
import { userText, visitorText } from "../../core/views/visitor-text.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SaltsAround } from "../../ports/salts.ts";
import { concat } from "../../protocol/bytes.ts";
import { encodeEvent } from "../../protocol/event-codec.ts";
import { encodeFrame } from "../../protocol/frame.ts";
import { parseEventId } from "../../protocol/hex.ts";
import { inParallel } from "../in-parallel.ts";
import type { EventTerms, SaltsAt } from "./event-terms.ts";
import { type HandOver, type HandOverDeps, handOver } from "./hand-over.ts";
import { type MakeEventDeps, makeEvent } from "./make-event.ts";
import type { Admission } from "./registry.ts";
import { hashNetwork } from "./visitor-keys.ts";

export interface TakeEventsDeps extends MakeEventDeps, HandOverDeps {
  readonly clock: Clock;
  readonly admission: Admission;
  readonly terms: EventTerms;
  /** Is told of events that will not count. */
  dropped(verdict: EdgeVerdict): void;
}

/** A view as somebody tells of it who has seen it: a site's back end, or a log. */
export interface SentEvent {
  /** A UUIDv7: its time is the event's. */
  readonly id: string;
  readonly content: ContentId;
  /** Whom the site knows it was, or */
  readonly user?: string | undefined;
  /** how a browser is told apart, as at mint. */
  readonly client?: string | undefined;
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
  /** `Sec-Purpose` of the request. */
  readonly purpose?: string | undefined;
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly city?: string | undefined;
}

export type EventRefusal =
  | "not-an-id"
  | "too-old"
  | "in-the-future"
  /** Another event of the same body has the id. */
  | "id-reused"
  | "unknown-content";

export type EventAnswer =
  | {
      readonly id: string;
      readonly status: "accepted";
      /** Why it will not count: it is kept as everything is. */
      readonly dropped?: EdgeVerdict;
    }
  | { readonly id: string; readonly status: "refused"; readonly reason: EventRefusal };

export type TakeEventsResult =
  /** Those that were accepted are on disk. */
  | { readonly status: "taken"; readonly events: readonly EventAnswer[] }
  /** Nothing was taken, or it is not known: the same again is safe. */
  | { readonly status: "no-salt" | "no-registry" | "not-durable" };

export type EventsWay = Omit<HandOver, "waitMs">;

/** Takes each event that may be taken; an answer each, in their order. */
export const takeEvents = async (
  deps: TakeEventsDeps,
  sent: readonly SentEvent[],
  way: EventsWay,
): Promise<TakeEventsResult> => {
  const now = deps.clock.now();
  const saltsAt = await deps.terms.openSalts(now).catch(() => undefined);
  if (saltsAt === undefined) return { status: "no-salt" };
  const admitted = await admittedOf(deps, sent).catch(() => undefined);
  if (admitted === undefined) return { status: "no-registry" };

  const judge = judging({ deps, saltsAt, admitted, now });
  const judged: Judged[] = [];
  for (const event of sent) judged.push(await judge(event));
  const frames = judged.flatMap(({ event }) =>
    event === undefined ? [] : [encodeFrame(encodeEvent(event), now, 0)],
  );
  if (frames.length > 0) {
    const outcome = await handOver(deps, { ...way, waitMs: EVENTS_WAIT_MS }, concat(frames));
    if (outcome !== "committed") return { status: "not-durable" };
  }
  return { status: "taken", events: judged.map(({ answer }) => answer) };
};

/** @throws when of one it cannot be known */
const admittedOf = async (
  { admission }: TakeEventsDeps,
  sent: readonly SentEvent[],
): Promise<ReadonlySet<ContentId>> => {
  const contents = [...new Set(sent.map(({ content }) => content))];
  const admitted = await inParallel(contents, EVENTS_PARALLEL, (content) =>
    admission.admits(content),
  );
  return new Set(contents.filter((_, index) => admitted[index]));
};

interface Judging {
  readonly deps: TakeEventsDeps;
  readonly saltsAt: SaltsAt;
  readonly admitted: ReadonlySet<ContentId>;
  readonly now: number;
}

interface Judged {
  readonly answer: EventAnswer;
  /** What is handed on; a copy of one that is, is not. */
  readonly event?: ViewEvent;
}

const judging = ({ deps, saltsAt, admitted, now }: Judging) => {
  const earliest = deps.terms.earliest(now);
  const latest = deps.terms.latest(now);
  const taken = new Map<string, { readonly text: string; readonly answer: EventAnswer }>();

  return async (sent: SentEvent): Promise<Judged> => {
    const refuse = (reason: EventRefusal): Judged => ({
      answer: { id: sent.id, status: "refused", reason },
    });
    const parsed = parseEventId(sent.id);
    if (parsed === undefined) return refuse("not-an-id");
    const { id, at } = parsed;
    if (at < earliest) return refuse("too-old");
    if (at > latest) return refuse("in-the-future");
    const name = formatEventId(id);
    const text = JSON.stringify({ ...sent, id: name });
    const first = taken.get(name);
    if (first !== undefined) {
      return first.text === text
        ? { answer: { ...first.answer, id: sent.id } }
        : refuse("id-reused");
    }
    if (!admitted.has(sent.content)) return refuse("unknown-content");
    const salts = await saltsAt(at);
    // Of a day in which nobody counted here, or of one that has not begun.
    if (salts === undefined) return refuse(at < now ? "too-old" : "in-the-future");

    const verdict = sent.userAgent === undefined ? "countable" : classify(classified(sent));
    if (verdict !== "countable") deps.dropped(verdict);
    const answer: EventAnswer = {
      ...{ id: sent.id, status: "accepted" },
      ...(verdict !== "countable" && { dropped: verdict }),
    };
    taken.set(name, { text, answer });
    return { answer, event: await eventOf(deps, salts, { ...sent, id, at, verdict }) };
  };
};

const classified = ({ userAgent, purpose }: SentEvent) => ({ userAgent, purpose });

interface Timed extends Omit<SentEvent, "id"> {
  readonly id: Uint8Array;
  readonly at: number;
  readonly verdict: EdgeVerdict;
}

const eventOf = async (
  deps: MakeEventDeps,
  salts: SaltsAround,
  { user, client, address, country, region, city, ...sent }: Timed,
): Promise<ViewEvent> => {
  const { id, at, content, userAgent, verdict } = sent;
  return makeEvent(deps, salts, {
    ...{ id, at, content, userAgent, verdict },
    who:
      user === undefined
        ? visitorText({ client, address: address ?? "", userAgent })
        : userText(user),
    ...{ country: country ?? "XX", region: region ?? "", city: city ?? "" },
    asnClass: "unknown",
    network:
      address === undefined
        ? NO_NETWORK
        : await hashNetwork(deps.keyedHash, salts.today.salt, address),
  });
};
