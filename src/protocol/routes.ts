/** Every path of the API with who may take it and what it takes: said once, for the door, for documents and for tests. */
import type * as v from "valibot";
import { MAX_BATCH_BODY_BYTES, MAX_BODY_BYTES, MAX_EVENTS_BODY_BYTES } from "../core/limits.ts";
import {
  BroadcasterBody,
  CategoryBody,
  ConfirmBody,
  ConfirmQuery,
  ContentBody,
  ContentParam,
  CorrectBody,
  CorrectionsQuery,
  CountsQuery,
  HeartbeatBody,
  HistoryQuery,
  IdParam,
  LiveQuery,
  MintBody,
  NoQuery,
  NumbersQuery,
  RebuildBody,
  ReconcileBody,
  RegionsQuery,
  RestateBody,
  StatsQuery,
  StreamBody,
  StreamParam,
  UserBody,
} from "./requests.ts";
import { AuditQuery } from "./requests-audit.ts";
import { EventsBody, ImportBody } from "./requests-events.ts";
import { KeyBody } from "./requests-keys.ts";
import { LiveRankingQuery, ViewRankingQuery } from "./requests-rankings.ts";
import { ReceiptBody } from "./requests-receipts.ts";
import { DecisionBody, SuspicionsQuery } from "./requests-suspicions.ts";
import { ExclusionBody, ExclusionsQuery, RevokeBody } from "./requests-verdicts.ts";
import type { Scope } from "./scopes.ts";

export interface Route {
  /** A path for `GET` answers `HEAD` too, but for the one that upgrades. */
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Parts that begin with a colon stand for one segment each. */
  readonly path: string;
  /** What the caller's key has to allow; absent: open to everybody. */
  readonly scope?: Scope;
  /** Of the path's one parameter. */
  readonly param?: v.GenericSchema;
  readonly query?: v.GenericSchema;
  readonly body?: RouteBody;
}

export interface RouteBody {
  readonly schema: v.GenericSchema;
  readonly maxBytes: number;
  /** It may be left out as a whole. */
  readonly optional?: true;
}

const body = (schema: v.GenericSchema, maxBytes = MAX_BODY_BYTES): RouteBody => ({
  schema,
  maxBytes,
});

const optionalBody = (schema: v.GenericSchema): RouteBody => ({ ...body(schema), optional: true });

const PUBLIC: readonly Route[] = [
  { method: "POST", path: "/v1/views", body: body(MintBody) },
  {
    method: "POST",
    path: "/v1/views/confirm",
    query: ConfirmQuery,
    body: body(ConfirmBody, MAX_BATCH_BODY_BYTES),
  },
  { method: "POST", path: "/v1/receipts", body: body(ReceiptBody) },
  { method: "GET", path: "/v1/counts", query: CountsQuery },
  { method: "GET", path: "/v1/counts/:content", param: ContentParam, query: NumbersQuery },
  { method: "GET", path: "/v1/streams/:id", param: StreamParam, query: NumbersQuery },
  { method: "GET", path: "/v1/streams/:id/live", param: StreamParam, query: LiveQuery },
  {
    method: "POST",
    path: "/v1/streams/:id/heartbeat",
    param: StreamParam,
    query: NoQuery,
    body: body(HeartbeatBody),
  },
  { method: "GET", path: "/v1/rankings/live", query: LiveRankingQuery },
  { method: "GET", path: "/v1/rankings/views", query: ViewRankingQuery },
  { method: "GET", path: "/v1/stats/contents/:id", param: ContentParam, query: StatsQuery },
  {
    method: "GET",
    path: "/v1/stats/contents/:id/regions",
    param: ContentParam,
    query: RegionsQuery,
  },
  { method: "GET", path: "/v1/stats/streams/:id/history", param: StreamParam, query: HistoryQuery },
  {
    method: "GET",
    path: "/v1/stats/broadcasters/:id/history",
    param: IdParam,
    query: HistoryQuery,
  },
  { method: "GET", path: "/headcount.js" },
  { method: "GET", path: "/headcount-live.js" },
  { method: "GET", path: "/headcount.debug.js" },
  { method: "GET", path: "/demo" },
  { method: "GET", path: "/demo/most-viewed.js" },
  { method: "GET", path: "/demo/live" },
  { method: "GET", path: "/demo/live.js" },
  { method: "GET", path: "/demo/live/:stream" },
  { method: "GET", path: "/demo/:article" },
  { method: "GET", path: "/healthz" },
  { method: "GET", path: "/readyz" },
];

const READ: readonly Route[] = [
  { method: "GET", path: "/v1/admin/status" },
  { method: "GET", path: "/v1/admin/corrections", query: CorrectionsQuery },
  { method: "GET", path: "/v1/admin/exclusions", query: ExclusionsQuery },
  { method: "GET", path: "/v1/admin/suspicions", query: SuspicionsQuery },
  { method: "GET", path: "/v1/admin/audit", query: AuditQuery },
];

const WRITE: readonly Route[] = [
  { method: "POST", path: "/v1/events", body: body(EventsBody, MAX_EVENTS_BODY_BYTES) },
  { method: "PUT", path: "/v1/admin/categories/:id", param: IdParam, body: body(CategoryBody) },
  { method: "PUT", path: "/v1/admin/contents/:id", param: ContentParam, body: body(ContentBody) },
  { method: "PUT", path: "/v1/admin/users/:id", param: IdParam, body: body(UserBody) },
  {
    method: "PUT",
    path: "/v1/admin/broadcasters/:id",
    param: IdParam,
    body: body(BroadcasterBody),
  },
  { method: "PUT", path: "/v1/admin/streams/:id", param: StreamParam, body: body(StreamBody) },
  { method: "POST", path: "/v1/admin/streams/:id/start", param: StreamParam },
  { method: "POST", path: "/v1/admin/streams/:id/end", param: StreamParam },
];

const OPERATE: readonly Route[] = [
  { method: "GET", path: "/v1/admin/keys", query: NoQuery },
  { method: "PUT", path: "/v1/admin/keys/:name", param: IdParam, body: body(KeyBody) },
  { method: "DELETE", path: "/v1/admin/keys/:name", param: IdParam },
  {
    method: "POST",
    path: "/v1/admin/contents/:id/restate",
    param: ContentParam,
    body: body(RestateBody),
  },
  { method: "DELETE", path: "/v1/admin/users/:id", param: IdParam },
  { method: "POST", path: "/v1/admin/flush" },
  { method: "POST", path: "/v1/admin/correct", body: optionalBody(CorrectBody) },
  { method: "POST", path: "/v1/admin/rebuild", body: body(RebuildBody) },
  { method: "POST", path: "/v1/admin/reconcile", body: optionalBody(ReconcileBody) },
  { method: "POST", path: "/v1/admin/replay", body: body(EventsBody, MAX_EVENTS_BODY_BYTES) },
  { method: "POST", path: "/v1/admin/import", body: body(ImportBody, MAX_EVENTS_BODY_BYTES) },
  { method: "POST", path: "/v1/admin/exclusions", body: body(ExclusionBody) },
  { method: "DELETE", path: "/v1/admin/exclusions/:id", param: IdParam, body: body(RevokeBody) },
  {
    method: "POST",
    path: "/v1/admin/suspicions/:id/exclude",
    param: IdParam,
    body: optionalBody(DecisionBody),
  },
  {
    method: "POST",
    path: "/v1/admin/suspicions/:id/dismiss",
    param: IdParam,
    body: optionalBody(DecisionBody),
  },
];

const behind = (scope: Scope, routes: readonly Route[]): readonly Route[] =>
  routes.map((route) => ({ ...route, scope }));

export const ROUTES: readonly Route[] = [
  ...PUBLIC,
  ...behind("read", READ),
  ...behind("write", WRITE),
  ...behind("operate", OPERATE),
];
