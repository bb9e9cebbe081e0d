/** A request of each route that is as it should be, with marks wherever one may put something of one's own. */
import { createHash, randomUUID } from "node:crypto";
import type { MarkBook } from "./book.ts";

export interface Sample {
  readonly path: string;
  readonly body?: unknown;
}

/** Names that a site gives: not marked, since they are told everybody. */
export const CONTENT = "canary-article";
export const STREAM = "canary-live";
export const PRIVATE_STREAM = "canary-private";
const USER = "canary-user";
const BROADCASTER = "canary-caster";
const CATEGORY = "canary-news";
export const KEY_NAME = "canary-key";

/** @param namedKey of which the service is told the hash alone @returns by method and path, as `ROUTES` has them */
export const goodRequests = (
  book: MarkBook,
  namedKey: string,
): Readonly<Record<string, readonly Sample[]>> => {
  const title = () => book.make("master data", "Title *");
  const reason = title;
  const hash = createHash("sha256").update(namedKey).digest("hex");
  return {
    "PUT /v1/admin/categories/:id": [
      { path: `/v1/admin/categories/${CATEGORY}`, body: { title: title() } },
    ],
    "PUT /v1/admin/contents/:id": [
      {
        path: `/v1/admin/contents/${CONTENT}`,
        body: { title: title(), url: book.make("master data", "https://site.example/a?q=*") },
      },
      // Where a database was prepared for it, this one is refused with all that is in it.
      {
        path: "/v1/admin/contents/canary-broken",
        body: { title: book.make("master data", "Broken *") },
      },
    ],
    "PUT /v1/admin/users/:id": [
      { path: `/v1/admin/users/${USER}`, body: { name: title() } },
      { path: "/v1/admin/users/canary-gone", body: { name: title() } },
    ],
    "DELETE /v1/admin/users/:id": [{ path: "/v1/admin/users/canary-gone" }],
    "PUT /v1/admin/broadcasters/:id": [
      { path: `/v1/admin/broadcasters/${BROADCASTER}`, body: { name: title(), user: USER } },
    ],
    "PUT /v1/admin/streams/:id": [
      {
        path: `/v1/admin/streams/${STREAM}`,
        body: { broadcaster: BROADCASTER, title: title(), category: CATEGORY },
      },
      {
        path: `/v1/admin/streams/${PRIVATE_STREAM}`,
        body: { broadcaster: BROADCASTER, title: title(), visibility: "private" },
      },
    ],
    "POST /v1/admin/streams/:id/start": [
      { path: `/v1/admin/streams/${STREAM}/start` },
      { path: `/v1/admin/streams/${PRIVATE_STREAM}/start` },
    ],
    "PUT /v1/admin/keys/:name": [
      { path: `/v1/admin/keys/${KEY_NAME}`, body: { hash, scopes: ["read", "write"] } },
    ],
    "POST /v1/events": [{ path: "/v1/events", body: { events: toldEvents(book) } }],
    "POST /v1/admin/replay": [{ path: "/v1/admin/replay", body: { events: toldEvents(book) } }],
    "POST /v1/admin/import": [
      { path: "/v1/admin/import", body: { counts: [{ content: CONTENT, views: 5 }] } },
    ],
    "POST /v1/admin/contents/:id/restate": [
      { path: `/v1/admin/contents/${CONTENT}/restate`, body: { reason: reason() } },
    ],
    "POST /v1/admin/exclusions": [
      {
        path: "/v1/admin/exclusions",
        body: { kind: "content", value: "canary-other", from: hourAgo(), reason: reason() },
      },
    ],
    "DELETE /v1/admin/exclusions/:id": [
      { path: `/v1/admin/exclusions/${randomUUID()}`, body: { reason: reason() } },
    ],
    "POST /v1/admin/suspicions/:id/exclude": [
      { path: `/v1/admin/suspicions/${randomUUID()}/exclude`, body: { reason: reason() } },
    ],
    "POST /v1/admin/suspicions/:id/dismiss": [
      { path: `/v1/admin/suspicions/${randomUUID()}/dismiss`, body: { reason: reason() } },
    ],
    "POST /v1/admin/flush": [{ path: "/v1/admin/flush" }],
    "POST /v1/admin/correct": [{ path: "/v1/admin/correct", body: {} }],
    "POST /v1/admin/rebuild": [{ path: "/v1/admin/rebuild", body: { from: hourAgo() } }],
    "POST /v1/admin/reconcile": [{ path: "/v1/admin/reconcile", body: { stream: STREAM } }],
    "POST /v1/views": [
      { path: "/v1/views", body: { content: CONTENT, client: book.make("client") } },
      { path: "/v1/views", body: { url: book.make("query", "https://site.example/p?session=*") } },
    ],
    "POST /v1/views/confirm": [
      { path: "/v1/views/confirm", body: { token: forgedToken(book) } },
      { path: "/v1/views/confirm?wait=2", body: { tokens: [forgedToken(book)] } },
    ],
    "POST /v1/receipts": [{ path: "/v1/receipts", body: { token: forgedToken(book) } }],
    "POST /v1/streams/:id/heartbeat": [
      { path: `/v1/streams/${STREAM}/heartbeat`, body: { client: book.make("client") } },
      {
        path: `/v1/streams/${STREAM}/heartbeat`,
        body: { ticket: book.make("ticket", "t1.a.b.*") },
      },
    ],
  };
};

/** Of what a site's back end may tell of its visitors. */
const toldEvents = (book: MarkBook): readonly object[] => [
  { id: randomUUID(), content: CONTENT, user: book.make("ticket's user") },
  { id: randomUUID(), content: CONTENT, client: book.make("client"), address: book.address(6) },
  { id: randomUUID(), content: CONTENT, address: book.address(4), userAgent: agent(book) },
  { id: uuidOfNow(), content: CONTENT, user: book.make("ticket's user"), userAgent: agent(book) },
  { id: uuidOfNow(), content: CONTENT, address: book.make("address", "*.isp.example") },
];

const agent = (book: MarkBook): string => book.make("user agent", "Mozilla/5.0 *");

/** Version 7: the time is in it. */
const uuidOfNow = (): string => {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
};

const forgedToken = (book: MarkBook): string => book.make("token", `v1.k1.${"A".repeat(40)}.*`);

const HOUR_MS = 3_600_000;

const hourAgo = (): string => new Date(Date.now() - HOUR_MS).toISOString().slice(0, 13);

/** @returns a path of the route with everything filled in that its pattern leaves open */
export const pathOf = (path: string, part?: string): string =>
  path.replace(/:\w+/, part ?? (path.includes("/streams/") ? STREAM : CONTENT));
