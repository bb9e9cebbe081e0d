/** Bodies and queries as clients send them. Unknown fields are refused: a misspelt one must not pass for absent. */
import * as v from "valibot";
import { type ContentId, ID_PATTERN, type StreamId } from "../core/ids.ts";
import {
  MAX_CONTENTS,
  MAX_TOKENS,
  MAX_WAIT_SECONDS,
  RANKING_MAX_STREAMS,
  STATS_DEFAULT_LIMIT,
  STATS_MAX_LIMIT,
} from "../core/limits.ts";
import { GRANULARITIES } from "../core/statistics/periods.ts";
import { MAX_TICKET_CHARS } from "./ticket.ts";
import { MAX_TOKEN_CHARS } from "./view-token.ts";

const Id = v.pipe(v.string(), v.regex(ID_PATTERN, "an id is 1 to 64 of A-Z a-z 0-9 _ -"));
const Content = v.pipe(
  Id,
  v.transform((id) => id as ContentId),
);
const PageUrl = v.pipe(v.string(), v.maxLength(2_048), v.url("a URL is absolute"));
/** Forged tokens of any length are answered as forged, not as malformed. */
const Token = v.pipe(v.string(), v.minLength(1), v.maxLength(10 * MAX_TOKEN_CHARS));

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

const Page = v.strictObject({
  title: v.optional(v.pipe(v.string(), v.maxLength(300))),
  url: v.optional(PageUrl),
});

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

const Title = v.pipe(v.string(), v.minLength(1), v.maxLength(300));

const Views = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1e12));

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

export const IdParam = Id;
export const ContentParam = Content;
export const StreamParam = v.pipe(
  Id,
  v.transform((id) => id as StreamId),
);

const Consistency = v.optional(v.strictTuple([v.literal("strong")]));

/** Query of `GET /v1/counts/:content` and `GET /v1/streams/:id`: what is not known is refused, so that a random query string is a key to no cache. */
export const NumbersQuery = v.strictObject({ consistency: Consistency });

/** Query of `GET /v1/counts`. */
export const CountsQuery = v.strictObject({
  content: v.optional(v.array(v.string())),
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
const once = <Output>(schema: v.GenericSchema<string, Output>) =>
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

/** Query of `GET /v1/rankings/live`. */
export const RankingQuery = v.strictObject({
  category: v.optional(v.strictTuple([Id])),
  limit: v.optional(
    v.strictTuple([
      v.pipe(
        v.string(),
        v.regex(/^\d{1,3}$/, "limit is a whole number"),
        v.transform(Number),
        v.minValue(1),
        v.maxValue(RANKING_MAX_STREAMS),
      ),
    ]),
  ),
});

/** Query of `GET /v1/stats/contents/:id`; what a date is depends on the granularity. */
export const StatsQuery = v.strictObject({
  granularity: v.optional(once(v.picklist(GRANULARITIES)), ["day"]),
  from: v.optional(once(v.string())),
  to: v.optional(once(v.string())),
  limit: v.optional(
    once(
      v.pipe(
        v.string(),
        v.regex(/^[1-9]\d{0,3}$/, "limit is a whole number"),
        v.transform(Number),
        v.maxValue(STATS_MAX_LIMIT),
      ),
    ),
    [`${STATS_DEFAULT_LIMIT}`],
  ),
});
