/** What keeps pages of other sites out. */
import type { Patch } from "../patch.ts";

const CORS = { project: "workers", file: "test/worker/http/front.test.ts" } as const;
const LIVE = { project: "workers", file: "test/worker/live/room.test.ts" } as const;
const ORIGINS = "src/http/origins.ts";

export const ORIGIN_PATCHES: readonly Patch[] = [
  {
    name: "origin-of-views",
    guard: "the refusal of foreign pages",
    file: ORIGINS,
    find: "allowedOrigins !== undefined && origin !== undefined && !allowedOrigins.has(origin)",
    replace: "allowedOrigins === undefined && origin === null",
    test: {
      ...CORS,
      name: "a page of https://b.example may not count",
      title: "a page of %s may not count",
    },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
  {
    name: "origin-null",
    guard: "that a page without an origin of its own is foreign",
    file: ORIGINS,
    find: "allowedOrigins !== undefined && origin !== undefined && !allowedOrigins.has(origin)",
    replace:
      'allowedOrigins !== undefined && origin !== undefined && origin !== "null" && !allowedOrigins.has(origin)',
    test: { ...CORS, name: "a page of null may not count", title: "a page of %s may not count" },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
  {
    name: "origin-list",
    guard: "that an answer names an origin of the list only",
    file: ORIGINS,
    find: "origin !== undefined && origins.has(origin) ? origin : undefined",
    replace: "origin",
    test: {
      ...CORS,
      name: "a page of https://a.example.evil.example may not count",
      title: "a page of %s may not count",
    },
    fails: /expected 'https:\/\/a\.example\.evil\.example' to be null/,
  },
  {
    name: "origin-vary",
    guard: "Vary: Origin, without which a cache gives one site another one's answer",
    file: ORIGINS,
    find: 'if (allowedOrigins !== undefined) headers.append("Vary", "Origin");',
    replace: "",
    test: {
      ...CORS,
      name: "a page of https://a.example may count and read",
      title: "a page of %s may count and read",
    },
    fails: /expected 'null' to contain 'Origin'/,
  },
  {
    name: "origin-of-sockets",
    guard: "the origin of a socket",
    file: "src/http/live.ts",
    find: 'if (!mayConnect(c)) return problem("origin-not-allowed");',
    replace: "",
    test: { ...LIVE, name: "comes from an allowed origin, and says so" },
    fails: /expected null to be 'application\/problem\+json'/,
  },
  {
    name: "origin-of-heartbeats",
    guard: "the origin of a heartbeat",
    file: "src/http/app.ts",
    find: '  app.use("/v1/streams/:id/heartbeat", refuseForeignOrigins);\n',
    replace: "",
    test: { ...LIVE, name: "of a foreign page is refused" },
    fails: /expected \[ 409, 'stream-not-live' \] to deeply equal \[ 403, 'origin-not-allowed' \]/,
  },
  {
    name: "origin-of-receipts",
    guard: "the origin of a receipt",
    file: "src/http/app.ts",
    find: '  app.use("/v1/receipts", refuseForeignOrigins);\n',
    replace: "",
    test: {
      project: "workers",
      file: "test/worker/http/receipts.test.ts",
      name: "from a page of another origin is refused",
    },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
  {
    name: "origin-of-pages",
    guard: "that a page is believed on its own site only",
    file: "src/http/views.ts",
    find: 'if (allowedOrigins !== undefined && !allowedOrigins.has(origin ?? "")) return;',
    replace: "",
    test: {
      project: "workers",
      file: "test/worker/http/reads.test.ts",
      name: "a page of another origin than those listed is not believed",
    },
    fails: /expected 'Theirs' to be undefined/,
  },
  {
    name: "origin-of-mints",
    guard: "the origin of a view",
    file: "src/http/app.ts",
    find: '  app.use("/v1/views/*", refuseForeignOrigins);\n',
    replace: "",
    test: {
      ...CORS,
      name: "a page of https://b.example may not count",
      title: "a page of %s may not count",
    },
    fails: /expected 'application\/json' to be 'application\/problem\+json'/,
  },
];
