import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";
import { makeMinter } from "../../dev/offline-mint.ts";
import { ALLOWED } from "../../dev/prove/canary/allowed.ts";
import { MarkBook, signTicket } from "../../dev/prove/canary/book.ts";
import { ENCODINGS, needlesOf, written } from "../../dev/prove/canary/encodings.ts";
import { makeFinder } from "../../dev/prove/canary/finder.ts";
import { MARK_KINDS, makeAddress, makeMark, markOfSecret } from "../../dev/prove/canary/marks.ts";
import { search } from "../../dev/prove/canary/search.ts";
import { leaksOn } from "../../dev/prove/canary/state.ts";
import { unpack } from "../../dev/prove/canary/unpack.ts";
import type { Written } from "../../dev/prove/canary/written.ts";
import { startService } from "../../dev/service.ts";
import { removeState } from "../support/remove-state.ts";

const secret = "Zm9vYmFyLWJhei1xdXV4LWNvcmdlLWdyYXVsdC13YWw";
const MARKS = [
  makeMark("user agent", 'Mozilla/5.0 ("Ä" \\ *)'),
  makeAddress(4),
  makeAddress(6),
  markOfSecret("admin key", secret),
];

const answer = (bytes: Uint8Array, name = "GET / 200"): Written => ({
  ...{ place: "answers", name, bytes },
});
const noise = fc.uint8Array({ maxLength: 300 });

describe("a mark is found", () => {
  for (const mark of MARKS) {
    test.each(ENCODINGS)(`as ${mark.kind} in %s, whatever is around it`, (encoding) => {
      const finder = makeFinder(MARKS);
      fc.assert(
        fc.property(noise, noise, (before, after) => {
          const bytes = Buffer.concat([before, written(mark.text, encoding), after]);
          expect(finder.find(bytes).map((found) => found.mark)).toContain(mark);
        }),
        { numRuns: 50 },
      );
    });
  }

  test("within base64 of something longer, wherever it begins", () => {
    for (const mark of MARKS) {
      for (const before of ["", "a", "ab", "abc"]) {
        const bytes = Buffer.from(Buffer.from(`${before}${mark.text}!`).toString("base64url"));
        expect(makeFinder([mark]).find(bytes)).not.toEqual([]);
      }
    }
  });

  test("when half of it was cut off, at either end", () => {
    const mark = makeMark("token");
    const half = mark.text.length >> 1;
    for (const text of [mark.text.slice(0, half), mark.text.slice(half)]) {
      expect(makeFinder([mark]).find(Buffer.from(text))).toHaveLength(1);
    }
  });

  test("in a gzip stream in a gzip stream between other bytes, cut off or not", () => {
    const inner = gzipSync(`noted: ${secret}`);
    const bytes = Buffer.concat([Buffer.from("head"), gzipSync(inner, { level: 0 }), inner]);
    const found = search(MARKS, [answer(bytes), answer(inner.subarray(0, -8), "cut")], []);
    expect(new Set(found.leaks.map(({ name }) => name))).toEqual(new Set(["GET / 200", "cut"]));
    expect(found.leaks.every(({ packed }) => packed)).toBe(true);
    expect(unpack(Buffer.from("nothing in it"))).toEqual([]);
  });

  test("as a secret's own bytes, and as an address' digest without a salt", () => {
    const raw = Buffer.from(secret, "base64url");
    expect(makeFinder(MARKS).find(raw)).not.toEqual([]);
    expect(new Set(MARKS.flatMap(needlesOf).map(({ encoding }) => encoding))).toEqual(
      new Set(ENCODINGS),
    );
  });
});

describe("nothing is found", () => {
  test("in random bytes, and in marks of others", () => {
    const finder = makeFinder(MARKS);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        expect(finder.find(bytes)).toEqual([]);
      }),
      { numRuns: 200 },
    );
    expect(finder.find(Buffer.from(makeMark("token").text))).toEqual([]);
  });

  test("that is too short to be told from an accident: it is refused", () => {
    expect(() => markOfSecret("password", "short")).toThrow("too short");
  });
});

describe("what is allowed", () => {
  test("is allowed there alone, in that form", () => {
    const book = new MarkBook();
    const token = book.make("token");
    const bytes = Buffer.from(token);
    const judged = search(
      book.marks,
      [
        answer(bytes, "POST /v1/views 202"),
        answer(Buffer.from(bytes.toString("hex")), "POST /v1/views 202"),
        answer(bytes, "POST /v1/views/confirm 202"),
        { place: "output", name: "POST /v1/views 202", bytes },
      ],
      ALLOWED,
    );
    expect(judged.leaks.map(({ place, name, encoding }) => [place, name, encoding])).toEqual([
      ["answers", "POST /v1/views 202", "hex"],
      ["answers", "POST /v1/views/confirm 202", "plain"],
      ["output", "POST /v1/views 202", "plain"],
    ]);
  });

  test("never stands in what is printed, and is no address, no user agent and no visitor", () => {
    const kinds = new Set(ALLOWED.flatMap((rule) => rule.kinds));
    expect(ALLOWED.filter(({ place }) => place === "output")).toEqual([]);
    expect(MARK_KINDS.filter((kind) => kinds.has(kind))).toEqual([
      ...["token", "admin key", "named key", "signing key", "password", "master data"],
    ]);
    for (const { reason } of ALLOWED) expect(reason.length).toBeGreaterThan(20);
  });
});

describe("the state of a service that has ended", () => {
  const keys = {
    token: `k2:${secret}`,
    ticket: "site1:dGlja2V0LXRpY2tldC10aWNrZXQtdGlja2V0LXRpY2s",
  };
  const adminKey = "YWRtaW4tYWRtaW4tYWRtaW4tYWRtaW4tYWRtaW4tYWQ";

  const stateWith = (files: Readonly<Record<string, string | Uint8Array>>): string => {
    const state = mkdtempSync(join(tmpdir(), "headcount-leaks-"));
    const secrets = `TOKEN_KEYS="${keys.token}"\nTICKET_KEYS="${keys.ticket}"\nADMIN_KEY="${adminKey}"\n`;
    for (const [name, bytes] of Object.entries({ ".dev.vars": secrets, ...files })) {
      mkdirSync(dirname(join(state, name)), { recursive: true });
      writeFileSync(join(state, name), bytes);
    }
    return state;
  };

  /** Every kind that is looked for, as it was in what was sent. */
  const sent = async () => {
    const { token } = await makeMinter({ tokenKeys: keys.token, shards: "8" })("a", 1, Date.now());
    return {
      "signing key": secret,
      "admin key": adminKey,
      "user agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      token,
      ticket: signTicket(keys.ticket, "stream", "user"),
    };
  };
  const ADDRESSES = ["192.0.2.7", "198.51.100.70", "203.0.113.255", "2001:db8:1:2::7"];

  test("is found to hold a secret of its own, an address, a user agent, a token or a ticket, in a file, a blob or a table", async () => {
    const all = Object.entries(await sent());
    for (const [kind, text] of [...all, ...ADDRESSES.map((one) => ["address", one] as const)]) {
      const state = stateWith({
        "v3/r2/blobs/one": gzipSync(`{"line":"${text}"}`),
        "mysql/data/headcount/one.ibd": `\0\0${text}durable`,
      });
      const database = new DatabaseSync(join(state, "one.sqlite"));
      database.exec("CREATE TABLE one (a TEXT, b TEXT)");
      database.prepare("INSERT INTO one VALUES (?, 'durable')").run(text);
      database.close();
      const leaks = leaksOn(state).join("\n");
      for (const place of ["v3/r2/blobs/one", "mysql/data/headcount/one.ibd", "one.sqlite"]) {
        expect(leaks).toContain(`${kind} in files, ${place} (`);
      }
      expect(() => removeState(state)).toThrow(`${kind} in files`);
      expect(existsSync(state)).toBe(false);
    }
  });

  test("is found to hold nothing where there is no more than its own file of secrets, what was built, and what is kept of a token", async () => {
    const { token } = await sent();
    const state = stateWith({
      "build/worker.js": 'const BROWSER = "Mozilla/5.0"; const NETWORK = "192.0.2.1";',
      "v3/r2/blobs/one": token.slice(0, token.lastIndexOf(".")),
      "one.json": '{"browser":"firefox","net":"bm90aGluZw","at":"v1.2.3.4","from":"10.0.0.1"}',
    });
    expect(leaksOn(state)).toEqual([]);
    removeState(state);
    expect(existsSync(state)).toBe(false);
  });

  test("is found by what was printed, too, also by one of its services that did not start", async () => {
    const state = stateWith({
      "listens.mjs": `console.log("listens on http://nowhere"); console.error("for 203.0.113.7");`,
      "fails.mjs": `console.error("not with ${adminKey}");`,
    });
    const options = { state, secrets: join(state, ".dev.vars"), port: 0 };
    await (await startService({ ...options, start: join(state, "listens.mjs") })).exited;
    const failing = startService({ ...options, start: join(state, "fails.mjs") });
    await expect(failing).rejects.toThrow("did not start");
    // The last of what it printed may come after its end.
    const kinds = () => leaksOn(state).filter((leak) => leak.includes(" in output, "));
    await expect.poll(() => kinds().join("\n")).toMatch(/^address [\s\S]*^admin key /m);
    expect(() => removeState(state)).toThrow("address in output");
  });
});

test("the platform keeps no log of requests, which would have addresses, keys and tickets in it", () => {
  const { observability } = unstable_readConfig({ config: "./wrangler.toml" });
  expect(observability).toMatchObject({
    redact_query_string: true,
    logs: { invocation_logs: false },
  });
});
