/** The driver puts values into the SQL by itself: what it sends has to be what it was given, whatever that is. */
import { Client } from "@planetscale/database";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../../support/mysql.ts";

const RUNS = { numRuns: 150 };

/** What ends, opens or escapes something in SQL, and what a driver may take for a place of a value. */
const TRICKY = [
  ...["'", '"', "`", "\\", "''", "\\'", "\0", "\b", "\n", "\r", "\t", "\u001a", "%", "_"],
  ...["/*", "*/", "/*!", "--", "-- ", "#", "//", ";", "?", ":a", ":", "@", "(", ")", ","],
  ...["é", "ß", "漢", "\u2028", "\uffff", "\ufeff", "👩‍🚀", "\u{10ffff}", "' OR '1'='1", "NULL"],
];

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...TRICKY), maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 40 }),
);

/** The driver takes U+FEFF for a mark at the start of a text that it reads, and leaves it out. It is stored. */
const decoded = (value: string): string => value.replace(/^\ufeff/, "");

const bytes = fc.uint8Array({ maxLength: 60 });

interface Case {
  readonly value: unknown;
  /** As the driver reads it again. */
  readonly read: unknown;
}

const same = (value: unknown): Case => ({ value, read: value });

const anyCase: fc.Arbitrary<Case> = fc.oneof(
  text.map((value) => ({ value, read: decoded(value) })),
  bytes.map(same),
  fc.constantFrom(same(null), { value: undefined, read: null }),
  fc.boolean().map((value) => ({ value, read: value ? 1 : 0 })),
  fc.maxSafeInteger().map((value) => ({ value, read: value })),
  fc
    .bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n })
    .map((value) => ({ value, read: value })),
);

/** Numbers come with the smallest type that MariaDB gives them, and as a text where they are wide. */
const asRead = (expected: unknown, got: unknown): unknown => {
  if (typeof expected === "bigint" && got !== null) return BigInt(String(got));
  return typeof expected === "number" && typeof got === "string" ? Number(got) : got;
};

describe.skipIf(NO_MYSQL)("values in the SQL of the driver", () => {
  let gateway: FreshGateway;
  let client: Client;
  let nextId = 0;

  beforeAll(async () => {
    gateway = await freshGateway();
    client = new Client({ url: gateway.url });
    await client.execute(
      "CREATE TABLE kept (id INT PRIMARY KEY, t TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, b BLOB, n BIGINT)",
    );
  });

  afterAll(() => gateway.close());

  const selectAll = async (sql: string, values: readonly unknown[] | object) => {
    const { rows, size } = await client.execute(sql, values, { as: "array" });
    expect(size).toBe(1);
    return rows.flat();
  };

  test("any number of values each come back as they went", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCase, { minLength: 1, maxLength: 8 }), async (cases) => {
        const sql = `SELECT ${cases.map((_, index) => `? AS c${index}`).join(", ")}`;
        const got = await selectAll(
          sql,
          cases.map(({ value }) => value),
        );
        expect(got.map((value, index) => asRead(cases[index]?.read, value))).toEqual(
          cases.map(({ read }) => read),
        );
      }),
      RUNS,
    );
  });

  test("so they do by name, however often they are named", async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (a, b) => {
        const got = await selectAll("SELECT :a AS x, :b AS y, :a AS z, ':a' AS w", { a, b });
        expect(got).toEqual([decoded(a), decoded(b), decoded(a), ":a"]);
      }),
      RUNS,
    );
  });

  test("literals, names and comments around them stay as they are", async () => {
    const sql =
      "SELECT '? ''? \\'?' AS `a?`, ? AS b /* ? ' */, \"?\" AS c, ? AS d -- ? '\n, '\\\\' AS e, ? AS f # ?";
    await fc.assert(
      fc.asyncProperty(text, text, text, async (b, d, f) => {
        expect(await selectAll(sql, [b, d, f])).toEqual([
          ...["? '? '?", decoded(b), "?", decoded(d), "\\", decoded(f)],
        ]);
      }),
      RUNS,
    );
  });

  test("texts, bytes and numbers are stored as they went, a row not touching the next", async () => {
    const row = fc.tuple(text, bytes, fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const first = nextId;
        nextId += rows.length;
        const values = rows.flatMap((columns, index) => [first + index, ...columns]);
        const places = rows.map(() => "(?, ?, ?, ?)").join(", ");
        await client.execute(`INSERT INTO kept VALUES ${places}`, values);
        const { rows: got } = await client.execute(
          "SELECT t, b, n FROM kept WHERE id >= ? ORDER BY id",
          [first],
          { as: "array" },
        );
        expect(got).toEqual(rows.map(([t, b, n]) => [decoded(t), b, `${n}`]));
      }),
      RUNS,
    );
  });

  test("a text is found by itself, and by nothing that it contains", async () => {
    await client.execute("DELETE FROM kept");
    await client.execute("INSERT INTO kept (id, t) VALUES (1, 'secret')");
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        fc.pre(value !== "secret");
        const { rows } = await client.execute("SELECT id FROM kept WHERE t = ? AND id = ?", [
          value,
          1,
        ]);
        expect(rows).toEqual([]);
      }),
      RUNS,
    );
  });

  test.for([
    "' OR 1=1 -- ",
    "\\' OR 1=1 -- ",
    "'; DROP TABLE kept; -- ",
    "x' UNION SELECT t FROM kept -- ",
    "' /* ",
    "*/ OR 1=1 /* ",
    "\0' OR 1=1 #",
    "\u00bf' OR 1=1 -- ",
    "\ud800' OR 1=1 -- ",
    "?' OR ? -- ",
  ])("an attempt to inject %j is a value like any other", async (attempt) => {
    await client.execute("DELETE FROM kept");
    await client.execute("INSERT INTO kept (id, t) VALUES (1, 'secret')");
    const { rows } = await client.execute("SELECT t FROM kept WHERE t = ? OR t = ?", [
      attempt,
      attempt,
    ]);
    expect(rows).toEqual([]);
    await client.execute("INSERT INTO kept (id, t) VALUES (2, ?)", [attempt]);
    const stored = await client.execute("SELECT id, t FROM kept ORDER BY id");
    expect(stored.rows).toEqual([
      { id: 1, t: "secret" },
      { id: 2, t: attempt.toWellFormed() },
    ]);
  });

  test("U+FEFF is stored, and left out at the start of a text that is read", async () => {
    const value = "\ufeffa\ufeff";
    const got = await selectAll("SELECT ? AS a, HEX(?) AS b", [value, value]);
    expect(got).toEqual(["a\ufeff", "EFBBBF61EFBBBF"]);
  });

  test("half of a surrogate pair becomes U+FFFD, and what is around it stays", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom("\ud83d", "\ude00", "'", "a") }),
        async (value) => {
          expect(await selectAll("SELECT ? AS a, ? AS b", [value, "b"])).toEqual([
            value.toWellFormed(),
            "b",
          ]);
        },
      ),
      RUNS,
    );
  });

  test("a number with a fraction comes back as the same number", async () => {
    await client.execute("CREATE TABLE numbers (n DOUBLE)");
    const double = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((n) => (n === 0 ? 0 : n));
    await fc.assert(
      fc.asyncProperty(double, async (value) => {
        // MySQL's text of a denormal number has fewer digits.
        fc.pre(value === 0 || Math.abs(value) > 1e-300);
        await client.execute("DELETE FROM numbers");
        await client.execute("INSERT INTO numbers VALUES (?)", [value]);
        expect(await selectAll("SELECT n FROM numbers", [])).toEqual([value]);
      }),
      RUNS,
    );
  });

  test.for([Number.NaN, Number.POSITIVE_INFINITY, []])(
    "%s is no value, and nothing is sent",
    async (value) => {
      await expect(client.execute("SELECT ?", [value])).rejects.toThrow("Cannot format query");
    },
  );
});
