import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { describe, expect, test } from "vitest";
import { HOUR_MS, MAX_EVENTS } from "../../../src/core/limits.ts";
import { formatEventId, makeEventId } from "../../../src/core/views/event-id.ts";
import { earliestReplayed } from "../../../src/core/views/replayed.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { decodeFrame, framesOf } from "../../../src/protocol/frame.ts";
import { viewTotals } from "../../../src/schema/d1/views.ts";
import { flush, put } from "../support/admin.ts";
import { fail } from "../support/broken.ts";
import {
  BROWSER,
  confirmAll,
  makePost,
  mint,
  problemOf,
  refusalOf,
  send,
  viewsOf,
} from "../support/client.ts";
import { workerWith, workerWithServices } from "../support/compose.ts";
import { config, SECONDS_AGO_MS, sealer } from "../support/events.ts";
import { collectorAt, drain, rowsOf } from "../support/objects.ts";

const AUTHORIZATION = { Authorization: `Bearer ${config.adminKeys[0]}` };

interface Options {
  readonly colo?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const eventsRequest = (events: unknown, { colo = "EVT", headers = AUTHORIZATION }: Options = {}) =>
  makePost("/v1/events", JSON.stringify({ events }), { headers, cf: { colo } });

const sendEvents = (events: unknown, options?: Options) => send(eventsRequest(events, options));

const replay = (events: unknown, colo = "RPL") =>
  send(
    makePost("/v1/admin/replay", JSON.stringify({ events }), {
      headers: AUTHORIZATION,
      cf: { colo },
    }),
  );

interface Told {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly dropped?: string;
}

const answersOf = async (answer: Response): Promise<readonly Told[]> => {
  expect(answer.status).toBe(200);
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  return (await answer.json<{ events: readonly Told[] }>()).events;
};

const reasonsOf = async (answer: Response) =>
  (await answersOf(answer)).map(({ status, reason }) => reason ?? status);

const idAt = (at: number): string =>
  formatEventId(makeEventId(at, crypto.getRandomValues(new Uint8Array(10))));
const newId = () => idAt(Date.now());

const UUID_V4 = "6fa459ea-ee8a-4ca4-894e-db77e160355e";

/** What lies at a Collector that nobody drained. */
const heldAt = async (colo: string): Promise<readonly ViewEvent[]> => {
  const rows = await rowsOf(collectorAt(colo), "SELECT frames FROM rows ORDER BY id");
  return rows.flatMap(({ frames }) =>
    [...framesOf(new Uint8Array(frames as ArrayBuffer))].flatMap((frame) => {
      const event = decodeFrame(frame)?.event;
      return event === undefined ? [] : [event];
    }),
  );
};

describe("events of a site's own back end", () => {
  test("are answered one by one, in their order, and those that were accepted are counted", async () => {
    const now = Date.now();
    const ids = [newId(), UUID_V4, idAt(now - 2 * HOUR_MS), idAt(now + HOUR_MS), newId()] as const;
    const answer = await sendEvents(ids.map((id, n) => ({ id, content: "told", user: `u${n}` })));
    expect(await answersOf(answer)).toEqual([
      { id: ids[0], status: "accepted" },
      { id: ids[1], status: "refused", reason: "not-an-id" },
      { id: ids[2], status: "refused", reason: "too-old" },
      { id: ids[3], status: "refused", reason: "in-the-future" },
      { id: ids[4], status: "accepted" },
    ]);
    await drain(collectorAt("EVT"));
    expect(await viewsOf("told")).toBe(2);
  });

  test("are taken up to 15 minutes back and 5 seconds ahead, and no further", async () => {
    // The clock of the service goes on meanwhile: that much is room for it.
    const slack = 10_000;
    const times = [
      [-15 * 60_000 - 1, "too-old"],
      [-15 * 60_000 + slack, "accepted"],
      [5_000, "accepted"],
      [5_000 + slack, "in-the-future"],
    ] as const;
    const now = Date.now();
    const answer = await sendEvents(
      times.map(([off]) => ({ id: idAt(now + off), content: "bounds", user: "anna" })),
      { colo: "BND" },
    );
    expect(await reasonsOf(answer)).toEqual(times.map(([, told]) => told));
  });

  test("of an id that was sent before count once, in one body and across calls", async () => {
    const id = newId();
    const event = { id, content: "once", user: "anna" };
    expect(await reasonsOf(await sendEvents([event, event]))).toEqual(["accepted", "accepted"]);
    expect(await reasonsOf(await sendEvents([{ ...event, id: id.toUpperCase() }]))).toEqual([
      "accepted",
    ]);
    await drain(collectorAt("EVT"));
    expect(await viewsOf("once")).toBe(1);
  });

  test("that share an id in one body and say something else are refused", async () => {
    const id = newId();
    const others = ["reused-a", "reused-b"].map((content) => ({ id, content, user: "anna" }));
    expect(await reasonsOf(await sendEvents(others))).toEqual(["accepted", "id-reused"]);
  });

  test("of one user within a minute are one view, and of two users two", async () => {
    const events = ["anna", "anna", "bert"].map((user) => ({ id: newId(), content: "two", user }));
    await sendEvents(events);
    await drain(collectorAt("EVT"));
    expect(await viewsOf("two")).toBe(2);
  });

  test("are the view of a browser where client, network and user agent are the same, and nobody's otherwise", async () => {
    const browser = { client: "c1", address: "198.51.100.7", userAgent: BROWSER };
    const headers = { "CF-Connecting-IP": browser.address };
    for (const content of ["same", "other-client", "known-user"]) {
      const minted = await mint({ content, client: "c1" }, { headers });
      await confirmAgedCopy((await minted.json<{ token: string }>()).token);
    }
    const told = [
      { content: "same", ...browser },
      { content: "other-client", ...browser, client: "c2" },
      { content: "known-user", user: "c1", address: browser.address, userAgent: BROWSER },
    ];
    await sendEvents(told.map((event) => ({ ...event, id: newId() })));
    await drain(collectorAt("EVT"));
    expect(await Promise.all(told.map(({ content }) => viewsOf(content)))).toEqual([1, 2, 2]);
  });

  test("with the user agent of a program are kept and do not count, and so are those read ahead", async () => {
    const events = [
      { content: "dropped", user: "anna", userAgent: "curl/8.5.0" },
      { content: "dropped", user: "bert", userAgent: BROWSER, purpose: "prefetch" },
      { content: "dropped", user: "carl", userAgent: "" },
      { content: "dropped", user: "dora" },
    ].map((event) => ({ ...event, id: newId() }));
    const told = await answersOf(await sendEvents(events));
    expect(told.map(({ status, dropped }) => [status, dropped])).toEqual([
      ["accepted", "bot"],
      ["accepted", "prefetch"],
      ["accepted", "bot"],
      ["accepted", undefined],
    ]);
    await drain(collectorAt("EVT"));
    expect(await viewsOf("dropped")).toBe(1);
  });

  test("say where the visitor was; the network is hashed, and none where no address was told", async () => {
    const placed = { country: "DE", region: "HE", city: "Fulda", address: "198.51.100.7" };
    await sendEvents(
      [
        { id: newId(), content: "placed", client: "c1", ...placed, userAgent: BROWSER },
        { id: newId(), content: "placed", user: "anna" },
      ],
      { colo: "PLC" },
    );
    const [first, second] = await heldAt("PLC");
    expect(first).toMatchObject({ country: "DE", region: "HE", city: "Fulda", browser: "chrome" });
    expect(first?.network).not.toEqual({ hi: 0, lo: 0 });
    expect(second).toMatchObject({ country: "XX", region: "", city: "", browser: "other" });
    expect(second?.network).toEqual({ hi: 0, lo: 0 });
  });

  test("of contents that nobody registered are refused where only registered ones count", async () => {
    await put("contents/known", { title: "Known" });
    const events = ["known", "unheard-of"].map((content) => ({
      ...{ id: newId(), content, user: "anna" },
    }));
    const registered = workerWith({ CONTENTS: "registered" });
    const answer = await registered(eventsRequest(events));
    expect(await reasonsOf(answer)).toEqual(["accepted", "unknown-content"]);
  });

  test("are all on disk when they are answered: five hundred of them", async () => {
    const events = Array.from({ length: MAX_EVENTS }, (_, n) => ({
      ...{ id: newId(), content: `many-${n % 7}`, client: `c${n}`, address: "2001:db8::1" },
      userAgent: BROWSER,
    }));
    expect(new Set(await reasonsOf(await sendEvents(events, { colo: "MNY" })))).toEqual(
      new Set(["accepted"]),
    );
    expect(await heldAt("MNY")).toHaveLength(MAX_EVENTS);
  });
});

/** Confirms a view of the same browser that began some seconds earlier, so that no test waits for the dwell. */
const confirmAgedCopy = async (token: string): Promise<void> => {
  const opened = await sealer.open(token);
  if (opened.status !== "genuine") throw new Error("the token is none");
  const payload = opened.payload.slice();
  const id = makeEventId(Date.now() - SECONDS_AGO_MS, crypto.getRandomValues(new Uint8Array(10)));
  payload.set(id, 1);
  await confirmAll([await sealer.seal(payload)], { cf: { colo: "EVT" } });
};

describe("when a part is away, nothing is taken by halves, and the same again is safe:", () => {
  const event = () => ({ id: newId(), content: "again", user: "anna" });

  test("a Collector that does not commit is 503", async () => {
    const away = workerWith({ COLLECTORS: { getByName: () => ({ append: fail }) } });
    const request = event();
    const answer = await away(eventsRequest([request]));
    expect(answer.headers.get("Retry-After")).toBe("1");
    expect(await refusalOf(answer)).toEqual([503, "not-durable"]);
    expect(await reasonsOf(await sendEvents([request]))).toEqual(["accepted"]);
    await drain(collectorAt("EVT"));
    expect(await viewsOf("again")).toBe(1);
  });

  test("without salts it is 503", async () => {
    const away = workerWith({ SALTS: { getByName: () => ({ current: fail }) } });
    const answer = await away(eventsRequest([event()]));
    expect(await refusalOf(answer)).toEqual([503, "salt-unavailable"]);
  });

  test("where it is not known what is registered it is 503", async () => {
    const away = workerWithServices((services) => ({
      ...services,
      events: { ...services.events, admission: { admits: fail } },
    }));
    const answer = await away(eventsRequest([event()]));
    expect(await refusalOf(answer)).toEqual([503, "registry-unavailable"]);
  });

  test("a body of nothing but refused events asks no Collector", async () => {
    const away = workerWith({ COLLECTORS: { getByName: () => ({ append: fail }) } });
    const answer = await away(eventsRequest([{ ...event(), id: UUID_V4 }]));
    expect(await reasonsOf(answer)).toEqual(["not-an-id"]);
  });
});

describe("is refused as a whole:", () => {
  const sound = { id: "x", content: "a", user: "anna" };

  test.each([
    [[]],
    [[{ ...sound, content: "a b" }]],
    [[sound, { ...sound, views: 7 }]],
    [[{ ...sound, client: "c1" }]],
    [[{ id: "x", content: "a" }]],
    [[{ id: "x", content: "a", userAgent: BROWSER }]],
    [[{ ...sound, id: 7 }]],
    [[{ ...sound, id: "x".repeat(101) }]],
    [[{ ...sound, user: "an na" }]],
    [[{ ...sound, address: "198.51.100.7, 10.0.0.1" }]],
    [[{ ...sound, country: "Germany" }]],
    [[{ ...sound, region: "123456789" }]],
    [[{ ...sound, city: "ß".repeat(33) }]],
    [[{ ...sound, userAgent: "x".repeat(2_049) }]],
    [Array(MAX_EVENTS + 1).fill(sound)],
    [sound],
    ["x"],
  ])("%j", async (events) => {
    expect(await refusalOf(await sendEvents(events))).toEqual([400, "invalid-request"]);
  });

  test("an unsound event is named by its place", async () => {
    const answer = await sendEvents([sound, { ...sound, content: "" }]);
    expect((await problemOf(answer)).detail).toMatch(/^events\.1\.content: /);
  });

  test("a body over 256 KB", async () => {
    const answer = await sendEvents([{ ...sound, city: "x".repeat(256 * 1024) }]);
    expect(await refusalOf(answer)).toEqual([413, "body-too-large"]);
  });

  test.each([
    ["without a key", {}],
    ["with another key", { Authorization: "Bearer something-else-of-some-length" }],
    ["with a token of another kind", { Authorization: `Basic ${config.adminKeys[0]}` }],
  ])("who comes %s, whatever is sent", async (_, headers) => {
    const answer = await sendEvents("nonsense", { headers });
    expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(await refusalOf(answer)).toEqual([401, "unauthorized"]);
  });
});

describe("a replay", () => {
  test("takes events as far back as an hour can be corrected, none of the future, and none without the key", async () => {
    const now = Date.now();
    const earliest = earliestReplayed(now);
    const ids = [earliest - 1, earliest + HOUR_MS, now - 24 * HOUR_MS, now, now + 10_000].map(idAt);
    const events = ids.map((id) => ({ id, content: "past", address: "198.51.100.7" }));
    expect(await reasonsOf(await replay(events))).toEqual([
      ...["too-old", "accepted", "accepted", "accepted", "in-the-future"],
    ]);
    const answer = await send(makePost("/v1/admin/replay", JSON.stringify({ events })));
    expect(await refusalOf(answer)).toEqual([401, "unauthorized"]);
  });

  test("knows the same visitor of the same day again, in every isolate, and another day's for another", async () => {
    const day = 24 * HOUR_MS;
    const noon = Math.floor(Date.now() / day) * day - 10 * day + day / 2;
    const seen = { content: "visitors", address: "198.51.100.7", userAgent: BROWSER };
    const bodyAt = (at: number, address = seen.address) => [{ ...seen, address, id: idAt(at) }];
    await replay(bodyAt(noon), "VIS");
    await workerWith({})(
      makePost("/v1/admin/replay", JSON.stringify({ events: bodyAt(noon + HOUR_MS) }), {
        headers: AUTHORIZATION,
        cf: { colo: "VIS" },
      }),
    );
    await replay(bodyAt(noon, "198.51.100.8"), "VIS");
    await replay(bodyAt(noon + day), "VIS");
    const [first, again, other, tomorrow] = (await heldAt("VIS")).map(({ visitor }) => visitor);
    expect(first).toBeDefined();
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(tomorrow).not.toEqual(first);
  });

  test("knows a visitor across midnight", async () => {
    const day = 24 * HOUR_MS;
    const midnight = Math.floor(Date.now() / day) * day - 10 * day;
    const events = [midnight - 5_000, midnight + 5_000, midnight + 60_000].map((at) => ({
      ...{ id: idAt(at), content: "midnight", address: "198.51.100.7", userAgent: BROWSER },
    }));
    await replay(events, "MID");
    const [before, after, later] = await heldAt("MID");
    expect(after?.previousVisitor).toEqual(before?.visitor);
    expect(later?.visitor).toEqual(after?.visitor);
    expect(later?.previousVisitor).toBeUndefined();
  });
});

describe("an import", () => {
  const database = drizzle(env.DB);
  const importCounts = (
    counts: unknown,
    headers: Readonly<Record<string, string>> = AUTHORIZATION,
  ) => send(makePost("/v1/admin/import", JSON.stringify({ counts }), { headers }));

  test("sets what contents bring along, leaves the rest of them as it is, and is safe to repeat", async () => {
    await put("categories/news", { title: "News" });
    await put("contents/old", { title: "Old", category: "news", startViews: 5 });
    const counts = [
      { content: "old", views: 1_200 },
      { content: "unseen", views: 34 },
      { content: "zero", views: 0 },
    ];
    for (let round = 0; round < 2; round += 1) {
      const answer = await importCounts(counts);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ imported: 3 });
    }
    expect(await Promise.all(counts.map(({ content }) => viewsOf(content)))).toEqual([
      ...[1_200, 34, 0],
    ]);
    const found = await env.DB.prepare("SELECT * FROM contents WHERE id = 'old'").first();
    expect(found).toMatchObject({ title: "Old", category_id: "news", start_views: 1_200 });
    await flush();
    const totals = await database.select().from(viewTotals);
    expect(totals.find(({ content }) => content === "old")).toMatchObject({ start: 1_200 });
  });

  test("leaves an audit entry of each content", async () => {
    await importCounts([{ content: "audited", views: 9 }]);
    const query = "SELECT action, actor, detail FROM audit_log WHERE subject = 'audited'";
    const { results } = await env.DB.prepare(query).all<Record<string, string>>();
    expect(results).toMatchObject([{ action: "content.import", actor: "admin-key" }]);
    expect(JSON.parse(results[0]?.detail ?? "")).toEqual({
      after: { id: "audited", startViews: 9 },
    });
  });

  test.each([
    [[]],
    [
      [
        { content: "twice", views: 1 },
        { content: "twice", views: 2 },
      ],
    ],
    [[{ content: "a b", views: 1 }]],
    [[{ content: "half", views: 1.5 }]],
    [[{ content: "below", views: -1 }]],
    [[{ content: "text", views: "1" }]],
    [[{ content: "vast", views: 1e13 }]],
    [
      [
        { content: "fine", views: 1 },
        { content: "more", views: 1, title: "no" },
      ],
    ],
    [Array.from({ length: MAX_EVENTS + 1 }, (_, n) => ({ content: `c${n}`, views: 1 }))],
  ])("of anything unsound imports nothing: %j", async (counts) => {
    expect(await refusalOf(await importCounts(counts))).toEqual([400, "invalid-request"]);
    expect(await viewsOf("fine")).toBe(0);
  });

  test("needs the key, and is 503 while a shard is away", async () => {
    const counts = [{ content: "away", views: 1 }];
    expect(await refusalOf(await importCounts(counts, {}))).toEqual([401, "unauthorized"]);
    const away = workerWithServices((services) => ({
      ...services,
      registry: { ...services.registry, tallies: { setStart: fail } },
    }));
    const request = makePost("/v1/admin/import", JSON.stringify({ counts }), {
      headers: AUTHORIZATION,
    });
    expect(await refusalOf(await away(request))).toEqual([503, "not-saved"]);
  });
});
