/** What each route may answer: who answers anything else has a branch that nobody thought of. */
import { PROBLEMS, type ProblemCode } from "../../../src/protocol/problems.ts";
import type { Route } from "../../../src/protocol/routes.ts";

interface Answers {
  readonly good: readonly number[];
  /** Beside those that come of its form, its key and its limits. */
  readonly refusals: readonly ProblemCode[];
}

const TIMES: readonly ProblemCode[] = [
  "invalid-date",
  "empty-range",
  "range-too-long",
  "hours-not-kept",
];
const UNSAVED: readonly ProblemCode[] = ["not-saved"];
const ORDER: readonly ProblemCode[] = ["hours-not-over", "hours-closed", "correctors-unavailable"];
const DECISION: readonly ProblemCode[] = [
  "unknown-suspicion",
  "already-decided",
  "correctors-unavailable",
  ...UNSAVED,
];
const STREAM: readonly ProblemCode[] = ["unknown-stream", "registry-unavailable"];
const EVENTS: readonly ProblemCode[] = ["salt-unavailable", "registry-unavailable", "not-durable"];

const ok = (...refusals: readonly ProblemCode[]): Answers => ({ good: [200], refusals });
const accepted = (...refusals: readonly ProblemCode[]): Answers => ({ good: [202], refusals });

const ANSWERS: Readonly<Record<string, Answers>> = {
  "POST /v1/views": accepted(
    "too-many-requests",
    "too-many-contents",
    "unknown-content",
    "registry-unavailable",
    "salt-unavailable",
  ),
  "POST /v1/views/confirm": {
    good: [200, 202],
    refusals: ["token-forged", "token-expired", "token-early", "not-durable", "too-many-requests"],
  },
  "POST /v1/receipts": ok(
    "token-forged",
    "receipt-expired",
    "too-many-receipts",
    "receipts-unavailable",
  ),
  "GET /v1/counts": ok("counts-unavailable", "too-many-reads"),
  "GET /v1/counts/:content": ok("counts-unavailable", "too-many-reads"),
  "GET /v1/streams/:id": ok(...STREAM, "stream-unavailable", "too-many-reads"),
  "GET /v1/streams/:id/live": {
    good: [101],
    refusals: [...STREAM, "upgrade-required", "too-many-viewers"],
  },
  "POST /v1/streams/:id/heartbeat": ok(
    ...STREAM,
    "stream-not-live",
    "ticket-refused",
    "too-many-viewers",
    "room-unavailable",
  ),
  "GET /v1/rankings/live": ok("rankings-unavailable", "registry-unavailable", "too-many-reads"),
  "GET /v1/rankings/views": ok("rankings-unavailable", "too-many-reads"),
  "GET /v1/stats/contents/:id": ok(...TIMES, "statistics-unavailable", "too-many-reads"),
  "GET /v1/stats/contents/:id/regions": ok(...TIMES, "statistics-unavailable", "too-many-reads"),
  "GET /v1/stats/streams/:id/history": ok(
    ...TIMES,
    "unknown-stream",
    "statistics-unavailable",
    "too-many-reads",
  ),
  "GET /v1/stats/broadcasters/:id/history": ok(
    ...TIMES,
    "broadcaster-not-found",
    "statistics-unavailable",
    "too-many-reads",
  ),
  "GET /headcount.js": { good: [200, 304], refusals: [] },
  "GET /headcount-live.js": { good: [200, 304], refusals: [] },
  "GET /headcount.debug.js": { good: [200, 304], refusals: [] },
  "GET /demo": ok(),
  "GET /demo/most-viewed.js": ok(),
  "GET /demo/live": ok(),
  "GET /demo/live.js": ok(),
  "GET /demo/live/:stream": ok("not-found"),
  "GET /demo/:article": ok("not-found"),
  "GET /healthz": ok(),
  "GET /readyz": ok("not-ready", "too-many-reads"),
  "GET /v1/admin/status": ok(),
  "GET /v1/admin/corrections": ok("corrections-unavailable"),
  "GET /v1/admin/exclusions": ok("verdicts-unavailable"),
  "GET /v1/admin/suspicions": ok("verdicts-unavailable"),
  "GET /v1/admin/audit": ok("audit-unavailable"),
  "GET /v1/admin/keys": ok(),
  "PUT /v1/admin/keys/:name": {
    good: [200, 201],
    refusals: ["reserved-key-name", "too-many-keys", ...UNSAVED],
  },
  "DELETE /v1/admin/keys/:name": ok("unknown-key", ...UNSAVED),
  "DELETE /v1/admin/users/:id": ok("room-unavailable", ...UNSAVED),
  "POST /v1/events": ok(...EVENTS),
  "PUT /v1/admin/categories/:id": ok(...UNSAVED),
  "PUT /v1/admin/contents/:id": ok("unknown-category", ...UNSAVED),
  "PUT /v1/admin/users/:id": ok(...UNSAVED),
  "PUT /v1/admin/broadcasters/:id": ok("unknown-user", ...UNSAVED),
  "PUT /v1/admin/streams/:id": ok("unknown-broadcaster", "unknown-category", ...UNSAVED),
  "POST /v1/admin/streams/:id/start": ok("unknown-stream", "room-unavailable", ...UNSAVED),
  "POST /v1/admin/streams/:id/end": ok("unknown-stream", "room-unavailable", ...UNSAVED),
  "POST /v1/admin/contents/:id/restate": ok("unknown-content", "counts-unavailable", ...UNSAVED),
  "POST /v1/admin/flush": ok(),
  "POST /v1/admin/correct": accepted(...ORDER),
  "POST /v1/admin/rebuild": accepted(...ORDER),
  "POST /v1/admin/reconcile": accepted(
    "unknown-stream",
    "registry-unavailable",
    "room-unavailable",
  ),
  "POST /v1/admin/replay": ok(...EVENTS),
  "POST /v1/admin/import": ok(...UNSAVED),
  "POST /v1/admin/exclusions": {
    good: [200, 201],
    refusals: ["correctors-unavailable", ...UNSAVED],
  },
  "DELETE /v1/admin/exclusions/:id": ok("unknown-exclusion", "correctors-unavailable", ...UNSAVED),
  "POST /v1/admin/suspicions/:id/exclude": ok(...DECISION),
  "POST /v1/admin/suspicions/:id/dismiss": ok(...DECISION),
};

const OF_BODIES: readonly ProblemCode[] = [
  ...(["malformed-json", "body-too-large", "unsupported-media-type"] as const),
  ...(["unsupported-content-encoding", "body-too-slow"] as const),
];
const OF_KEYS: readonly ProblemCode[] = [
  ...([
    "unauthorized",
    "insufficient-scope",
    "keys-unavailable",
    "invalid-idempotency-key",
  ] as const),
  ...(["request-in-progress", "idempotency-key-reused"] as const),
];

export interface Allowed {
  readonly good: readonly number[];
  readonly codes: ReadonlySet<ProblemCode>;
}

/** @throws for a route whose answers nobody has written down */
export const answersOf = (route: Route): Allowed => {
  const name = `${route.method} ${route.path}`;
  const answers = ANSWERS[name];
  if (answers === undefined)
    throw new Error(`what ${name} may answer is not written in answers.ts`);
  const isAsked =
    route.param !== undefined || route.query !== undefined || route.body !== undefined;
  return {
    good: answers.good,
    codes: new Set([
      ...answers.refusals,
      ...(isAsked ? (["invalid-request"] as const) : []),
      ...(route.body === undefined ? [] : OF_BODIES),
      ...(route.scope === undefined ? [] : OF_KEYS),
    ]),
  };
};

/** @returns the names of routes that there are no more */
export const outlivedAnswers = (routes: readonly Route[]): readonly string[] => {
  const known = new Set(routes.map(({ method, path }) => `${method} ${path}`));
  return Object.keys(ANSWERS).filter((name) => !known.has(name));
};

export const isProblemCode = (text: unknown): text is ProblemCode =>
  typeof text === "string" && Object.hasOwn(PROBLEMS, text);
