/** Bodies and queries as clients send them. Unknown fields are refused: a misspelt one must not pass for absent. */
import * as v from "valibot";
import { type ContentId, ID_PATTERN, type StreamId } from "../core/ids.ts";
import {
  CORRECTIONS_MAX_RUNS,
  HOUR_MS,
  MAX_CONTENTS,
  MAX_TOKENS,
  MAX_WAIT_SECONDS,
  STATS_DEFAULT_LIMIT,
  STATS_MAX_LIMIT,
} from "../core/limits.ts";
import { GRANULARITIES, LIVE_GRANULARITIES } from "../core/statistics/periods.ts";
import { parseHourOrInstant } from "../core/views/hour-text.ts";
import { isPageUrl, mendText, ShownText } from "./shown-text.ts";
import { MAX_TICKET_CHARS } from "./ticket.ts";
import { MAX_TOKEN_CHARS } from "./view-token.ts";

export const Id = v.pipe(v.string(), v.regex(ID_PATTERN, "an id is 1 to 64 of A-Z a-z 0-9 _ -"));
export const Content = v.pipe(
  Id,
  v.transform((id) => id as ContentId),
);
const Url = v.pipe(v.string(), v.maxLength(2_048), v.url("a URL is absolute"));
const PageUrl = v.pipe(
  v.string(),
  v.maxLength(2_048),
  v.check(isPageUrl, "a URL is absolute, http or https"),
);
/** Forged tokens of any length are answered as forged, not as malformed. */
export const Token = v.pipe(v.string(), v.minLength(1), v.maxLength(10 * MAX_TOKEN_CHARS));

/** `POST /v1/views` */
export const MintBody = v.pipe(
  v.strictObject({
    content: v.optional(Content),
    url: v.optional(PageUrl),
    client: v.optional(Id),
  }),
  v.check(
    ({ content, url }) => (content === undefined) !== (url === undefined),
    "exactly one of content and url is needed",
  ),
);

/** A page that has no address to send readers to says nothing of itself, and its view counts all the same. */
const Page = v.pipe(
  v.strictObject({
    title: v.optional(v.pipe(v.string(), v.maxLength(300), v.transform(mendText))),
    url: v.optional(Url),
  }),
  v.transform(({ title, url }) =>
    url === undefined || isPageUrl(url) ? { title, url } : undefined,
  ),
);

/** `POST /v1/views/confirm` */
export const ConfirmBody = v.union([
  v.strictObject({ token: Token, page: v.optional(Page) }),
  v.strictObject({ tokens: v.pipe(v.array(Token), v.minLength(1), v.maxLength(MAX_TOKENS)) }),
]);

export const WaitSeconds = v.pipe(
  v.string(),
  v.regex(/^\d{1,3}$/, "wait is a whole number of seconds"),
  v.transform(Number),
  v.minValue(1),
  v.maxValue(MAX_WAIT_SECONDS),
);

export const ContentList = v.pipe(v.array(Content), v.minLength(1), v.maxLength(MAX_CONTENTS));

export const Title = v.pipe(ShownText, v.minLength(1), v.maxLength(300));

export const Views = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1e12));

/** `PUT /v1/admin/contents/:id` */
export const ContentBody = v.strictObject({
  title: v.optional(Title),
  url: v.optional(PageUrl),
  category: v.optional(Id),
  /** Views brought along from elsewhere; absent, it stays as it is. */
  startViews: v.optional(Views),
});

/** `POST /v1/admin/contents/:id/restate` */
export const RestateBody = v.strictObject({
  /** Absent: the truth as it is known. */
  views: v.optional(Views),
  reason: Title,
});

/** `PUT /v1/admin/categories/:id` */
export const CategoryBody = v.strictObject({ title: Title });

const Name = Title;
const VIEWERS_MAX = 1e9;

/** `PUT /v1/admin/users/:id` */
export const UserBody = v.strictObject({ name: v.optional(Name) });

/** `PUT /v1/admin/broadcasters/:id` */
export const BroadcasterBody = v.strictObject({ name: Name, user: v.optional(Id) });

/** `PUT /v1/admin/streams/:id` */
export const StreamBody = v.strictObject({
  broadcaster: Id,
  title: Title,
  category: v.optional(Id),
  /** To private streams the site sends its visitors with tickets. */
  visibility: v.optional(v.picklist(["public", "private"]), "public"),
  expectedViewers: v.optional(
    v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(VIEWERS_MAX)),
    0,
  ),
});

/** Start of a UTC hour, ms. */
const Hour = v.pipe(
  v.string(),
  v.transform(parseHourOrInstant),
  v.number("an hour is 2026-11-21T09 (UTC), or an instant of RFC 3339 on a whole hour"),
);

/** `POST /v1/admin/correct`: hours of `from <= hour < to`, one of them without a `to`; `undefined`: what is due. */
export const CorrectBody = v.pipe(
  v.strictObject({ from: v.optional(Hour), to: v.optional(Hour) }),
  v.check(({ from, to }) => from !== undefined || to === undefined, "to is nothing without from"),
  v.check(({ from = 0, to = from + 1 }) => from < to, "to has to be after from"),
  v.transform(({ from, to }) =>
    from === undefined ? undefined : { from, to: to ?? from + HOUR_MS },
  ),
);

/** `POST /v1/admin/reconcile`: one stream, or the live ones with the most viewers. */
export const ReconcileBody = v.strictObject({
  stream: v.optional(
    v.pipe(
      Id,
      v.transform((id) => id as StreamId),
    ),
  ),
});

/** `POST /v1/admin/rebuild` */
export const RebuildBody = v.strictObject({ from: Hour });

export const IdParam = Id;
export const ContentParam = Content;
export const StreamParam = v.pipe(
  Id,
  v.transform((id) => id as StreamId),
);

export const Consistency = v.optional(v.strictTuple([v.literal("strong")]));

/** Query of `GET /v1/counts/:content` and `GET /v1/streams/:id`: what is not known is refused, so that a random query string is a key to no cache. */
export const NumbersQuery = v.strictObject({ consistency: Consistency });

/** Query of `GET /v1/counts`. */
export const CountsQuery = v.strictObject({
  content: ContentList,
  consistency: Consistency,
});

/** Tickets of any length are refused as tickets, not as malformed. */
const Ticket = v.pipe(v.string(), v.maxLength(4 * MAX_TICKET_CHARS));

/** `POST /v1/streams/:id/heartbeat` */
export const HeartbeatBody = v.strictObject({
  client: v.optional(Id),
  ticket: v.optional(Ticket),
});

/** A parameter that is given once. */
export const once = <Output>(schema: v.GenericSchema<string, Output>) =>
  v.pipe(
    v.strictTuple([schema]),
    v.transform(([value]) => value),
  );

/** Query of `GET /v1/streams/:id/live`. */
export const LiveQuery = v.strictObject({
  role: v.optional(once(v.picklist(["viewer", "observer"])), ["viewer"]),
  client: v.optional(once(Id)),
  ticket: v.optional(once(Ticket)),
});

export const NoQuery = v.strictObject({});

/** Query of `POST /v1/views/confirm`. */
export const ConfirmQuery = v.strictObject({ wait: v.optional(once(WaitSeconds)) });

export const limitTo = (max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^[1-9]\d{0,3}$/, "limit is a whole number above 0"),
    v.transform(Number),
    v.maxValue(max),
  );

/** Where a page of the youngest begins. */
export const Before = v.optional(
  once(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}$/, "before is a time in ms, as next says it"),
      v.transform(Number),
    ),
  ),
);

/** Query of `GET /v1/admin/corrections`. */
export const CorrectionsQuery = v.strictObject({
  limit: v.optional(once(limitTo(CORRECTIONS_MAX_RUNS))),
  before: Before,
});

/** What statistics are asked for; what a date is depends on the granularity. */
const statsQuery = <const Granularities extends readonly [string, ...string[]]>(
  granularities: Granularities,
) =>
  v.strictObject({
    granularity: v.optional(once(v.picklist(granularities)), ["day"]),
    from: v.optional(once(v.string())),
    to: v.optional(once(v.string())),
    limit: v.optional(once(limitTo(STATS_MAX_LIMIT)), [`${STATS_DEFAULT_LIMIT}`]),
    consistency: Consistency,
  });

/** Query of `GET /v1/stats/contents/:id`. */
export const StatsQuery = statsQuery(GRANULARITIES);

/** Query of `GET /v1/stats/contents/:id/regions`. */
export const RegionsQuery = v.strictObject({
  from: v.optional(once(v.string())),
  to: v.optional(once(v.string())),
  consistency: Consistency,
});

/** Query of `GET /v1/stats/streams/:id/history` and `GET /v1/stats/broadcasters/:id/history`. */
export const HistoryQuery = statsQuery(LIVE_GRANULARITIES);
