import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Keyring } from "../../../src/app/access/keyring.ts";
import { NamedKeys } from "../../../src/app/access/named-keys.ts";
import {
  KEYS_LIFE_MS,
  KEYS_LOOK_AGAIN_MS,
  KEYS_MAX,
  KEYS_OUTAGE_MS,
  KEYS_REST_MS,
  READ_TIMEOUT_MS,
} from "../../../src/core/limits.ts";
import { sameText } from "../../../src/core/same-text.ts";
import type { AccessKey } from "../../../src/ports/access-key-tables.ts";
import { SCOPES, type Scope } from "../../../src/protocol/scopes.ts";
import { sha256Hex } from "../../../src/protocol/sha256.ts";
import { HandTime, settled } from "../../support/hand-time.ts";
import { NotedLog } from "../../support/noted-log.ts";

const OWN = ["the-new-key-of-the-deployment", "the-old-key-of-the-deployment"] as const;

let time: HandTime;
let log: NotedLog;
/** What the database has. */
let rows: AccessKey[];
let reads: number;
/** How the database answers. */
let answer: () => Promise<readonly AccessKey[]>;
let named: NamedKeys;
let keyring: Keyring;

const away = () => Promise.reject(new Error("gone"));

beforeEach(() => {
  time = new HandTime();
  log = new NotedLog();
  rows = [];
  reads = 0;
  answer = async () => rows.filter(({ revoked }) => !revoked);
  const keys = {
    standing: (limit: number) => {
      expect(limit).toBe(KEYS_MAX);
      reads += 1;
      return answer();
    },
  };
  named = new NamedKeys({ keys, clock: time, timers: time, log });
  keyring = new Keyring({ adminKeys: OWN, named });
});

const put = async (name: string, key: string, scopes: readonly Scope[] = ["read"]) => {
  const at = time.now();
  const hash = await sha256Hex(key);
  rows.push({ name, hash, scopes, revoked: false, createdAt: at, updatedAt: at });
};

/** Hashing goes on beside the test: until the database is asked for that many times. */
const untilReads = async (count: number): Promise<void> => {
  while (reads < count) await settled();
};

const revokeAll = (): void => {
  rows = rows.map((row) => ({ ...row, revoked: true }));
};

const actorOf = async (key: string): Promise<string> => {
  const known = await keyring.callerOf(key);
  return typeof known === "string" ? known : known.actor;
};

describe("whose key it is", () => {
  test("each of the deployment's own may do everything, and asks the database for nothing", async () => {
    answer = away;
    for (const key of OWN) {
      expect(await keyring.callerOf(key)).toEqual({ actor: "admin-key", scopes: new Set(SCOPES) });
    }
    expect(reads).toBe(0);
  });

  test("one by name has its name and its scopes, and no others", async () => {
    await put("shop", "hck_shop", ["write"]);
    await put("board", "hck_board", ["read", "operate"]);
    expect(await keyring.callerOf("hck_shop")).toEqual({
      actor: "shop",
      scopes: new Set(["write"]),
    });
    expect(await keyring.callerOf("hck_board")).toEqual({
      actor: "board",
      scopes: new Set(["read", "operate"]),
    });
  });

  test("no key is unknown, also where somebody put the hash of nothing", async () => {
    await put("nothing", "", SCOPES);
    expect(await actorOf("")).toBe("unknown");
    expect(await new Keyring({ adminKeys: [""], named }).callerOf("")).toBe("unknown");
  });

  test("a hash is no key, and neither is the list of keys", async () => {
    await put("shop", "hck_shop");
    expect(await actorOf(await sha256Hex("hck_shop"))).toBe("unknown");
    expect(await actorOf(OWN.join(","))).toBe("unknown");
  });

  test("a key is known to its last character, and nothing near it", () =>
    fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.nat(), async (key, at) => {
        const ring = new Keyring({ adminKeys: [key], named });
        const wrong = `${key.slice(0, at % key.length)}${key.slice((at % key.length) + 1)}`;
        expect(await ring.callerOf(key)).toMatchObject({ actor: "admin-key" });
        expect(await ring.callerOf(wrong)).toBe("unknown");
        expect(await ring.callerOf(`${key}x`)).toBe("unknown");
      }),
    ));

  test("texts are the same when they are equal, of whatever length", () =>
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(sameText(a, b)).toBe(a === b);
        expect(sameText(a, a)).toBe(true);
        expect(sameText(a, a + b)).toBe(b === "");
        expect(sameText(a + b, a)).toBe(b === "");
      }),
    ));
});

describe("how long it takes tells nothing:", () => {
  /** How many characters of hashes are looked at. */
  const looksOf = async (work: () => unknown): Promise<number> => {
    const look = vi.spyOn(String.prototype, "charCodeAt");
    try {
      await work();
      return look.mock.calls.length;
    } finally {
      look.mockRestore();
    }
  };

  test("two texts are compared to their end, wherever they differ", async () => {
    const text = "a".repeat(64);
    const looks: number[] = [];
    for (const at of [0, 31, 63]) {
      const other = `${text.slice(0, at)}b${text.slice(at + 1)}`;
      looks.push(await looksOf(() => sameText(text, other)));
    }
    expect(looks).toEqual([128, 128, 128]);
  });

  test("a key is compared with each there is, also behind the one that it is", async () => {
    for (const name of ["first", "middle", "last"]) await put(name, `hck_${name}`);
    await actorOf("hck_first");
    const looks: number[] = [];
    for (const key of [...OWN, "hck_first", "hck_middle", "hck_last"]) {
      looks.push(await looksOf(() => actorOf(key)));
    }
    const [own, byName] = [2 * 128, 5 * 128];
    expect(looks).toEqual([own, own, byName, byName, byName]);
  });
});

describe("the isolate's memory", () => {
  test("a flood of bad keys, no keys and revoked ones is one read", async () => {
    await put("gone", "hck_gone");
    revokeAll();
    const keys = Array.from({ length: 300 }, (_, i) => ["", `guess-${i}`, "hck_gone"][i % 3] ?? "");
    const told = await Promise.all(keys.map(actorOf));
    for (const key of keys) told.push(await actorOf(key));
    expect(new Set(told)).toEqual(new Set(["unknown"]));
    expect(reads).toBe(1);
  });

  test("a flood that goes on is one read in 5 s, and who has a key needs one in 30 s", async () => {
    await put("shop", "hck_shop");
    for (let ms = 0; ms < KEYS_LIFE_MS; ms += 1_000) {
      await actorOf(`guess-${ms}`);
      await time.pass(1_000);
    }
    expect(reads).toBe(KEYS_LIFE_MS / KEYS_LOOK_AGAIN_MS);
    reads = 0;
    await time.pass(KEYS_LIFE_MS);
    for (let ms = 0; ms < KEYS_LIFE_MS; ms += 1_000) {
      expect(await actorOf("hck_shop")).toBe("shop");
      await time.pass(1_000);
    }
    expect(reads).toBe(1);
  });

  test("a key that is put elsewhere is good here within 5 s", async () => {
    expect(await actorOf("hck_new")).toBe("unknown");
    await put("new", "hck_new");
    await time.pass(KEYS_LOOK_AGAIN_MS);
    expect(await actorOf("hck_new")).toBe("new");
  });

  test("a key that is revoked elsewhere opens nothing here after 30 s, however often it is used", async () => {
    await put("shop", "hck_shop");
    expect(await actorOf("hck_shop")).toBe("shop");
    revokeAll();
    await time.pass(KEYS_LIFE_MS - 1);
    expect(await actorOf("hck_shop")).toBe("shop");
    await time.pass(1);
    expect(await actorOf("hck_shop")).toBe("unknown");
  });

  test("how long a read took counts: what was asked before the revocation is as old as the question", async () => {
    await put("shop", "hck_shop");
    const before = await answer();
    const late = Promise.withResolvers<readonly AccessKey[]>();
    answer = () => late.promise;
    const first = actorOf("hck_shop");
    await untilReads(1);
    await time.pass(READ_TIMEOUT_MS - 1);
    late.resolve(before);
    expect(await first).toBe("shop");
    answer = async () => [];
    await time.pass(KEYS_LIFE_MS - READ_TIMEOUT_MS + 1);
    expect(await actorOf("hck_shop")).toBe("unknown");
  });

  test("what is changed here holds here at once, also against a read under way", async () => {
    await put("shop", "hck_shop");
    const before = await answer();
    const late = Promise.withResolvers<readonly AccessKey[]>();
    answer = () => late.promise;
    const first = actorOf("hck_shop");
    await untilReads(1);
    answer = async () => [];
    named.forget();
    expect(await actorOf("hck_shop")).toBe("unknown");
    late.resolve(before);
    await first;
    expect(await actorOf("hck_shop")).toBe("unknown");
  });
});

describe("while the database is away", () => {
  test("keys known last are good for ten minutes, then those of the deployment alone", async () => {
    await put("shop", "hck_shop");
    expect(await actorOf("hck_shop")).toBe("shop");
    answer = away;
    await time.pass(KEYS_OUTAGE_MS - 1);
    expect(await actorOf("hck_shop")).toBe("shop");
    expect(await actorOf("guess")).toBe("unknown");
    await time.pass(1);
    for (const key of ["hck_shop", "guess", ""]) expect(await actorOf(key)).toBe("unavailable");
    expect(await actorOf(OWN[1])).toBe("admin-key");
  });

  test("a flood asks it once a second, and it is logged as often", async () => {
    answer = away;
    for (let round = 0; round < 3; round += 1) {
      const told = await Promise.all(Array.from({ length: 50 }, (_, i) => actorOf(`guess-${i}`)));
      expect(new Set(told)).toEqual(new Set(["unavailable"]));
      expect(await actorOf("guess")).toBe("unavailable");
      await time.pass(KEYS_REST_MS);
    }
    expect(reads).toBe(3);
    expect(log.lines).toEqual(["keys.unread", "keys.unread", "keys.unread"]);
    expect(log.texts.join()).not.toContain("guess");
  });

  test("one that never answers is not waited for longer than two seconds", async () => {
    answer = () => new Promise(() => undefined);
    const waiting = [actorOf("a"), actorOf("b")];
    while (time.running < 2) await settled();
    await time.pass(READ_TIMEOUT_MS);
    expect(await Promise.all(waiting)).toEqual(["unavailable", "unavailable"]);
    expect(time.running).toBe(0);
  });

  test("it is believed again when it is back", async () => {
    await put("shop", "hck_shop");
    const back = answer;
    answer = away;
    expect(await actorOf("hck_shop")).toBe("unavailable");
    answer = back;
    await time.pass(KEYS_REST_MS);
    expect(await actorOf("hck_shop")).toBe("shop");
  });
});
