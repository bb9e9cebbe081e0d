/** Bodies of those who tell of views themselves: a site's back end, a replay, an import. */
import * as v from "valibot";
import { MAX_EVENTS } from "../core/limits.ts";
import { Content, Id, Views } from "./requests.ts";
import { ShownText } from "./shown-text.ts";

/** As the event's bytes hold it. */
const Utf8 = (maxBytes: number) => v.pipe(ShownText, v.maxBytes(maxBytes));

const Event = v.pipe(
  v.strictObject({
    /** Whether it is an id is answered for each event. */
    id: v.pipe(v.string(), v.maxLength(100)),
    content: Content,
    user: v.optional(Id),
    client: v.optional(Id),
    /** Logs may have names in place of addresses. */
    address: v.optional(
      v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,253}$/, "an address has no blanks")),
    ),
    userAgent: v.optional(v.pipe(v.string(), v.maxLength(2_048))),
    purpose: v.optional(v.pipe(v.string(), v.maxLength(100))),
    country: v.optional(v.pipe(v.string(), v.regex(/^[A-Z0-9]{2}$/, "a country is two capitals"))),
    region: v.optional(Utf8(8)),
    city: v.optional(Utf8(64)),
  }),
  v.check(
    ({ user, client }) => user === undefined || client === undefined,
    "one of user and client tells visitors apart, not both",
  ),
  v.check(
    ({ user, client, address }) => (user ?? client ?? address) !== undefined,
    "user, client or address has to tell visitors apart",
  ),
);

/** `POST /v1/events` and `POST /v1/admin/replay` */
export const EventsBody = v.strictObject({
  events: v.pipe(v.array(Event), v.minLength(1), v.maxLength(MAX_EVENTS)),
});

/** `POST /v1/admin/import` */
export const ImportBody = v.strictObject({
  counts: v.pipe(
    v.array(v.strictObject({ content: Content, views: Views })),
    v.minLength(1),
    v.maxLength(MAX_EVENTS),
    v.check(
      (counts) => new Set(counts.map(({ content }) => content)).size === counts.length,
      "each content once",
    ),
  ),
});
