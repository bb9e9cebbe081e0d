/** Bodies and queries about what operators decide of events. */
import * as v from "valibot";
import { EXCLUSIONS_MAX_LIMIT } from "../core/limits.ts";
import { EXCLUSION_EFFECTS } from "../core/views/exclusion.ts";
import { parseTime } from "../core/views/hour-text.ts";
import { ASN_CLASSES, BROWSER_FAMILIES } from "../core/views/view-event.ts";
import { Before, Id, limitTo, once, Title } from "./requests.ts";

const Time = v.pipe(
  v.string(),
  v.transform(parseTime),
  v.number("a time is an instant of RFC 3339, or an hour of UTC: 2026-11-21T09"),
);

const Hash = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{16}$/, "a visitor's or network's key is 16 hexadecimal digits"),
);

const Rule = v.pipe(
  v.string(),
  v.regex(
    /^(?:bot|prefetch|suspect)@[1-9]\d{0,4}$/,
    "a rule is bot, prefetch or suspect with its version: bot@1",
  ),
);

const common = {
  effect: v.optional(v.picklist(EXCLUSION_EFFECTS), "exclude"),
  from: Time,
  to: v.optional(Time),
  reason: Title,
};
const ofContent = { ...common, content: v.optional(Id) };

/** `POST /v1/admin/exclusions`: events of `from <= at < to`, for ever without a `to`. */
export const ExclusionBody = v.pipe(
  v.variant("kind", [
    v.strictObject({ ...ofContent, kind: v.picklist(["visitor", "network"]), value: Hash }),
    v.strictObject({
      ...ofContent,
      kind: v.literal("browser"),
      value: v.picklist(BROWSER_FAMILIES),
    }),
    v.strictObject({ ...ofContent, kind: v.literal("asn"), value: v.picklist(ASN_CLASSES) }),
    v.strictObject({ ...ofContent, kind: v.literal("rule"), value: Rule }),
    v.strictObject({ ...common, kind: v.literal("content"), value: Id }),
  ]),
  v.check(({ from, to }) => to === undefined || from < to, "to has to be after from"),
  v.transform(({ from, to, ...rest }) => ({ ...rest, fromAt: from, toAt: to })),
);

/** `DELETE /v1/admin/exclusions/:id` */
export const RevokeBody = v.strictObject({ reason: Title });

/** Query of `GET /v1/admin/exclusions`. */
export const ExclusionsQuery = v.strictObject({
  limit: v.optional(once(limitTo(EXCLUSIONS_MAX_LIMIT))),
  before: Before,
});
