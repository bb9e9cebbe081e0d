/** What keeps who has no key, or not this one, out of what operators do. */
import type { Patch } from "../patch.ts";

const DOOR = { project: "workers", file: "test/worker/http/front.test.ts" } as const;
const KEYS = { project: "workers", file: "test/worker/http/keys.test.ts" } as const;
const REQUIRE_KEY = "src/http/require-key.ts";

export const DOOR_PATCHES: readonly Patch[] = [
  {
    name: "scope",
    guard: "the scope of a route",
    file: REQUIRE_KEY,
    find: "if (!caller.scopes.has(scope)) {",
    replace: "if (caller.scopes.size === 0) {",
    test: { ...DOOR, name: "is for keys of its scope alone" },
    fails: /expected null to be 'Bearer error="insufficient_scope", sc…'/,
  },
  {
    name: "no-oracle",
    guard: "that who has no key is told so before anybody looks what is there",
    file: REQUIRE_KEY,
    find: 'if (caller === "unknown") {',
    replace: 'if (caller === "unknown" && routeOf(c.req.method, c.req.path) !== undefined) {',
    test: { ...DOOR, name: "is told the same to the byte" },
    fails: /expected \[ '\/v1\/admin', 404 \] to deeply equal \[ '\/v1\/admin', 401 \]/,
  },
  {
    name: "door-of-events",
    guard: "the door of back ends",
    file: "src/http/behind-the-door.ts",
    find: '["/v1/admin/*", "/v1/events"] as const',
    replace: '["/v1/admin/*"] as const',
    test: {
      ...DOOR,
      name: "POST /v1/events is for keys of its scope alone",
      title: "%s %s is for keys of its scope alone",
    },
    fails: /expected \[ 415, 'unsupported-media-type' \] to deeply equal \[ 401, 'unauthorized' \]/,
  },
  {
    name: "no-page",
    guard: "that answers behind the door have no header of CORS",
    file: "src/http/origins.ts",
    find: "if (isBehindTheDoor(c.req.path)) {",
    replace: 'if (c.req.path === "/v1/admin") {',
    test: { ...DOOR, name: "no answer has a header of CORS" },
    fails:
      /expected \[ '\/v1\/admin\/status', \[ …\(\d\) \] \] to deeply equal \[ '\/v1\/admin\/status', \[\] \]/,
  },
  {
    name: "audit-actor",
    guard: "that a deed is signed by whose key it is",
    file: "src/http/signed.ts",
    find: 'actor: c.get("caller").actor',
    replace: 'actor: "admin-key"',
    test: { ...KEYS, name: "leaves entries that tell who did it, and never its hash" },
    fails: /to match object \[ \{ actor: 'chief'/,
  },
  {
    name: "key-scheme",
    guard: "that a key comes as a bearer's",
    file: REQUIRE_KEY,
    find: "/^Bearer +(.+)$/i",
    replace: "/^(?:\\w+ +)?(.+)$/i",
    test: { ...DOOR, name: "is told the same to the byte" },
    fails: /Basic .*: expected \d+ to be 401/,
  },
];
