import { beforeAll, describe, expect, test } from "vitest";
import { KEYS_LIFE_MS, KEYS_LOOK_AGAIN_MS } from "../../../src/core/limits.ts";
import { isBehindTheDoor } from "../../../src/http/behind-the-door.ts";
import { ROUTES } from "../../../src/protocol/routes.ts";
import { SCOPES, type Scope } from "../../../src/protocol/scopes.ts";
import { adminRequest } from "../support/admin.ts";
import { brokenD1 } from "../support/broken.ts";
import { get, makeRequest, refusalOf, send } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";
import { config } from "../support/events.ts";
import {
  GUARDED,
  giveKey,
  isolateAt,
  notedDatabase,
  pathOf,
  toldBy,
  withKey,
} from "../support/keys.ts";

const [ADMIN_KEY] = config.adminKeys;

let keyOf: Readonly<Record<Scope, string>>;
let revoked: string;

beforeAll(async () => {
  keyOf = {
    read: await giveKey("reader", "read"),
    write: await giveKey("writer", "write"),
    operate: await giveKey("operator", "operate"),
  };
  revoked = await giveKey("leaver", "read", "write", "operate");
  expect((await send(adminRequest("DELETE", "keys/leaver"))).status).toBe(200);
});

/** As nobody comes with a good key. */
const authorizations = (): readonly (string | undefined)[] => [
  ...[undefined, "", "Bearer", "Bearer  ", "Bearer nearly", `Bearer ${ADMIN_KEY}x`],
  ...[`Basic ${ADMIN_KEY}`, ADMIN_KEY, `Bearer ${ADMIN_KEY}, Bearer ${ADMIN_KEY}`],
  ...[`Bearer hck_${"A".repeat(43)}`, `Bearer ${revoked}`, `Bearer ${keyOf.read.slice(0, -1)}`],
  ...["Bearer ' OR 1=1 --", `Bearer ${"x".repeat(4_000)}`],
];

/** Answers from memory alone would leave no time for those that wait for the database. */
const aTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const ask = (method: string, path: string, authorization: string | undefined) =>
  makeRequest(method, path, {
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });

test("what wants a key is behind the door, and nothing else is", () => {
  for (const { path, scope } of ROUTES) {
    expect([path, isBehindTheDoor(path)]).toEqual([path, scope !== undefined]);
  }
  expect(GUARDED.length).toBeGreaterThan(20);
});

describe("each path behind the door", () => {
  test.each(GUARDED.map((route) => [route.method, route.path, route] as const))(
    "%s %s is for keys of its scope alone",
    async (method, _, route) => {
      const path = pathOf(route);
      expect(await refusalOf(await send(ask(method, path, undefined)))).toEqual([
        401,
        "unauthorized",
      ]);
      for (const scope of SCOPES) {
        const answer = await send(withKey(method, path, keyOf[scope]));
        if (scope === route.scope) {
          expect([401, 403]).not.toContain(answer.status);
          await answer.body?.cancel();
          continue;
        }
        expect(answer.headers.get("WWW-Authenticate")).toBe(
          `Bearer error="insufficient_scope", scope="${route.scope}"`,
        );
        expect(await refusalOf(answer)).toEqual([403, "insufficient-scope"]);
      }
    },
  );

  test("HEAD wants what GET wants", async () => {
    for (const { path } of GUARDED.filter(({ method }) => method === "GET")) {
      expect((await send(withKey("HEAD", path, keyOf.read.slice(1)))).status).toBe(401);
      const other = path === "/v1/admin/keys" ? keyOf.read : keyOf.operate;
      expect((await send(withKey("HEAD", path, other))).status).toBe(403);
    }
  });
});

test("the scheme may be written in any case, as RFC 9110 has it", async () => {
  for (const scheme of ["bearer", "BEARER", "Bearer "]) {
    const answer = await send(ask("GET", "/v1/admin/keys", `${scheme} ${ADMIN_KEY}`));
    expect(answer.status).toBe(200);
  }
});

describe("who has no good key", () => {
  test("is told the same to the byte: whatever came, whatever is there, whatever it was sent with", async () => {
    const expected = await toldBy(await get("/v1/admin/status"));
    expect(expected).toMatchObject({ status: 401 });
    expect(expected.headers).toContainEqual(["www-authenticate", "Bearer"]);
    const paths = [
      ...GUARDED.map(({ method, path }) => [method, path] as const),
      ...[["GET", "/v1/admin"] as const, ["GET", "/v1/admin/"] as const],
      ...[["GET", "/v1/admin/nothing"] as const, ["POST", "/v1/admin/a/b/c/d"] as const],
      ...[["DELETE", "/v1/events"] as const, ["PATCH", "/v1/admin/status"] as const],
      ...[["OPTIONS", "/v1/admin/keys"] as const, ["OPTIONS", "/v1/events"] as const],
      ...[["GET", "/v1/%61dmin/keys"] as const, ["GET", "/v1/admin/status?x=%00"] as const],
    ];
    for (const [method, path] of paths) {
      const told = await toldBy(await send(ask(method, path, undefined)));
      expect([path, told.status]).toEqual([path, 401]);
      expect(told).toEqual(expected);
    }
    for (const authorization of authorizations()) {
      for (const [method, path] of [...paths.slice(0, 2), ...paths.slice(-9)]) {
        const told = await toldBy(await send(ask(method, path, authorization)));
        expect(told.status, authorization).toBe(401);
        expect(told).toEqual(expected);
      }
    }
  });

  test("is told so before the body is looked at", async () => {
    const bodies = ["{", "[]", "x".repeat(1_000_000), JSON.stringify({ events: [] })];
    const told = await Promise.all(
      bodies.map(async (body) => {
        const headers = { "Content-Type": "application/x-nothing" };
        const request = new Request("https://headcount.test/v1/events", {
          ...{ method: "POST", body, headers },
        });
        return toldBy(await send(request));
      }),
    );
    const expected = await toldBy(await get("/v1/admin/status"));
    for (const one of told) expect(one).toEqual(expected);
  });

  test("asks the database for nothing, however many come: the first has it read once", async () => {
    const statements: string[] = [];
    const worker = workerWith({ DB: notedDatabase(statements) });
    for (let round = 0; round < 5; round += 1) {
      const keys = [
        ...Array.from({ length: 40 }, (_, i) => `Bearer guess-${i}`),
        undefined,
        revoked,
      ];
      const answers = await Promise.all(keys.map((key) => worker(ask("GET", "/v1/admin/x", key))));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    }
    expect(statements).toHaveLength(1);
  });

  test("is not asked for one where everybody may go, and a bad one does no harm", async () => {
    for (const key of ["nearly", keyOf.read]) {
      const answer = await send(withKey("GET", "/v1/counts/anything", key));
      expect(answer.status).toBe(200);
    }
  });
});

describe("while the database is away", () => {
  test("the deployment's own key works, and all others are told the same: not now", async () => {
    const worker = workerWith({ DB: brokenD1 });
    expect((await worker(adminRequest("GET", "nothing"))).status).toBe(404);
    const expected = await toldBy(await worker(ask("GET", "/v1/admin/x", undefined)));
    expect(expected).toMatchObject({ status: 503 });
    expect(JSON.parse(expected.body)).toMatchObject({ code: "keys-unavailable" });
    expect(expected.headers).toContainEqual(["retry-after", "2"]);
    for (const authorization of [...authorizations(), `Bearer ${keyOf.read}`]) {
      for (const path of ["/v1/admin/status", "/v1/admin/nothing", "/v1/events"]) {
        expect(await toldBy(await worker(ask("GET", path, authorization)))).toEqual(expected);
      }
    }
  });
});

describe("a key is changed while requests run", () => {
  test("by a second name: nobody is refused, and the old one ends here at once and elsewhere within 30 s", async () => {
    let ahead = 0;
    const clock = { now: () => Date.now() + ahead };
    const [here, elsewhere] = [isolateAt(clock), isolateAt(clock)];
    const old = await giveKey("shop-2025", "read");
    let using = old;
    let told = 0;
    let goesOn = true;
    const use = async (worker: typeof here): Promise<void> => {
      while (goesOn) {
        const answer = await worker(withKey("GET", "/v1/admin/nothing", using));
        expect(answer.status).toBe(404);
        told += 1;
        await aTurn();
      }
    };
    const users = [here, here, elsewhere, elsewhere].map((worker) =>
      use(worker).finally(() => {
        goesOn = false;
      }),
    );
    const untilMore = async (): Promise<void> => {
      const enough = told + 20;
      while (told < enough && goesOn) await aTurn();
    };
    await untilMore();
    const next = await giveKey("shop-2026", "read");
    ahead += KEYS_LOOK_AGAIN_MS;
    await untilMore();
    using = next;
    await untilMore();
    // Requests with the old key that are under way are through.
    await untilMore();
    expect((await here(adminRequest("DELETE", "keys/shop-2025"))).status).toBe(200);
    await untilMore();
    goesOn = false;
    await Promise.all(users);
    expect((await here(withKey("GET", "/v1/admin/nothing", old))).status).toBe(401);
    ahead += KEYS_LIFE_MS;
    expect((await elsewhere(withKey("GET", "/v1/admin/nothing", old))).status).toBe(401);
    expect((await elsewhere(withKey("GET", "/v1/admin/nothing", next))).status).toBe(404);
  });

  test("by a list of the deployment's own: both are good while it has both", async () => {
    const [old, next] = ["the-old-key-of-this-deployment", "the-new-key-of-this-deployment"];
    const statusOf = async (variable: string, key: string) =>
      (await workerWith({ ADMIN_KEY: variable })(withKey("GET", "/v1/admin/x", key))).status;
    expect([await statusOf(old, old), await statusOf(old, next)]).toEqual([404, 401]);
    const both = `${next}, ${old}`;
    expect([await statusOf(both, old), await statusOf(both, next)]).toEqual([404, 404]);
    expect(await statusOf(both, both)).toBe(401);
    expect([await statusOf(next, old), await statusOf(next, next)]).toEqual([401, 404]);
  });
});

describe("no page may read what is behind the door", () => {
  const OURS = "https://a.example";
  const origins = [OURS, "https://b.example", "null"];

  test.each(["*", OURS])("ALLOWED_ORIGINS=%s: no answer has a header of CORS", async (allowed) => {
    const worker = workerWith({ ALLOWED_ORIGINS: allowed });
    const paths = [...new Set(GUARDED.map(pathOf)), "/v1/admin", "/v1/admin/nothing"];
    for (const [i, path] of paths.entries()) {
      const Origin = origins[i % origins.length] ?? OURS;
      const preflight = {
        ...{ Origin, "Access-Control-Request-Method": "POST" },
        "Access-Control-Request-Headers": "authorization",
      };
      const Authorization = `Bearer ${ADMIN_KEY}`;
      const answers = [
        await worker(makeRequest("OPTIONS", path, { headers: preflight })),
        await worker(makeRequest("GET", path, { headers: { Origin } })),
        await worker(makeRequest("OPTIONS", path, { headers: { ...preflight, Authorization } })),
        await worker(makeRequest("GET", path, { headers: { Origin, Authorization } })),
      ];
      for (const { headers } of answers) {
        const names = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
        expect([path, names]).toEqual([path, []]);
      }
      expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([401, 401]);
      expect(answers[2]?.status).toBe(path.includes("nothing") || path === "/v1/admin" ? 404 : 405);
      for (const { body } of answers) await body?.cancel();
    }
  });
});
