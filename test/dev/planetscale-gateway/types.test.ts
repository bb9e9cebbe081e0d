import { connect } from "@planetscale/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../../support/mysql.ts";

/** Column, what is stored, the type PlanetScale names, what the driver makes of it. */
const CASES: readonly (readonly [string, string, string, unknown])[] = [
  ["TINYINT", "-128", "INT8", -128],
  ["TINYINT", "127", "INT8", 127],
  ["TINYINT UNSIGNED", "255", "UINT8", 255],
  ["SMALLINT", "-32768", "INT16", -32_768],
  ["SMALLINT", "32767", "INT16", 32_767],
  ["SMALLINT UNSIGNED", "65535", "UINT16", 65_535],
  ["MEDIUMINT", "-8388608", "INT24", -8_388_608],
  ["MEDIUMINT", "8388607", "INT24", 8_388_607],
  ["MEDIUMINT UNSIGNED", "16777215", "UINT24", 16_777_215],
  ["INT", "-2147483648", "INT32", -2_147_483_648],
  ["INT", "2147483647", "INT32", 2_147_483_647],
  ["INT UNSIGNED", "4294967295", "UINT32", 4_294_967_295],
  ["BIGINT", "-9223372036854775808", "INT64", "-9223372036854775808"],
  ["BIGINT", "9223372036854775807", "INT64", "9223372036854775807"],
  ["BIGINT UNSIGNED", "18446744073709551615", "UINT64", "18446744073709551615"],
  ["BOOLEAN", "true", "INT8", 1],
  [
    "DECIMAL(30,10)",
    "-12345678901234567890.0123456789",
    "DECIMAL",
    "-12345678901234567890.0123456789",
  ],
  ["DECIMAL(10,0)", "0", "DECIMAL", "0"],
  ["FLOAT", "1.5", "FLOAT32", 1.5],
  ["DOUBLE", "-1.7976931348623157e308", "FLOAT64", -1.797_693_134_862_315_7e308],
  ["DATE", "'9999-12-31'", "DATE", "9999-12-31"],
  ["TIME(6)", "'-838:59:59.000000'", "TIME", "-838:59:59.000000"],
  ["DATETIME", "'1000-01-01 00:00:00'", "DATETIME", "1000-01-01 00:00:00"],
  ["DATETIME(6)", "'2026-02-28 23:59:59.999999'", "DATETIME", "2026-02-28 23:59:59.999999"],
  ["TIMESTAMP(3)", "'1970-01-01 00:00:01.001'", "TIMESTAMP", "1970-01-01 00:00:01.001"],
  ["YEAR", "2155", "YEAR", 2155],
  ["CHAR(4)", "'ä🎈'", "CHAR", "ä🎈"],
  ["VARCHAR(9)", "''", "VARCHAR", ""],
  ["VARCHAR(9) CHARACTER SET latin1", "'é'", "VARCHAR", "é"],
  ["TINYTEXT", "'tiny'", "TEXT", "tiny"],
  ["TEXT", "'two\\nlines'", "TEXT", "two\nlines"],
  ["LONGTEXT", "repeat('ü', 70000)", "TEXT", "ü".repeat(70_000)],
  ["BINARY(3)", "x'00ff'", "BINARY", Uint8Array.of(0, 255, 0)],
  ["VARBINARY(300)", "x'00010203fffe'", "VARBINARY", Uint8Array.of(0, 1, 2, 3, 255, 254)],
  ["VARBINARY(3)", "''", "VARBINARY", Uint8Array.of()],
  ["TINYBLOB", "x'80'", "BLOB", Uint8Array.of(128)],
  ["LONGBLOB", "repeat(x'fe', 70000)", "BLOB", new Uint8Array(70_000).fill(254)],
  ["BIT(1)", "b'1'", "BIT", Uint8Array.of(1)],
  ["BIT(64)", "b'1'", "BIT", Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)],
  ["ENUM('a','ß')", "'ß'", "ENUM", "ß"],
  ["SET('x','y','z')", "'z,x'", "SET", "x,z"],
  // MariaDB has JSON as a text with a check.
  ["JSON", `'{"a":[1,null]}'`, "TEXT", `{"a":[1,null]}`],
];

describe.skipIf(NO_MYSQL)("types through the gateway", () => {
  let gateway: FreshGateway;

  beforeAll(async () => {
    gateway = await freshGateway();
  });

  afterAll(() => gateway.close());

  test.for(CASES.map((row, index) => [index, ...row] as const))(
    "%i: %s has %s as %s",
    async ([index, column, literal, type, value]) => {
      const connection = connect({ url: gateway.url });
      await connection.execute(`CREATE TABLE t${index} (id INT PRIMARY KEY, v ${column} NULL)`);
      await connection.execute(`INSERT INTO t${index} VALUES (1, ${literal}), (2, NULL)`);
      const { rows, types } = await connection.execute(`SELECT v FROM t${index} ORDER BY id`);
      expect(types).toEqual({ v: type });
      expect(rows).toEqual([{ v: value }, { v: null }]);
    },
  );

  test("one row of all of them is the same as each alone", async () => {
    const connection = connect({ url: gateway.url });
    const columns = CASES.map(([column], index) => `c${index} ${column} NULL`).filter(
      (column) => !column.includes("70000"),
    );
    await connection.execute(`CREATE TABLE wide (${columns.join(", ")}) ROW_FORMAT=DYNAMIC`);
    await connection.execute(`INSERT INTO wide VALUES (${CASES.map(([, literal]) => literal)})`);
    const { rows } = await connection.execute("SELECT * FROM wide", null, { as: "array" });
    expect(rows).toEqual([CASES.map(([, , , value]) => value)]);
  });

  test.for(["null, 1, 'a'", "1, null, 'a'", "1, 'a', null", "null, null, null", "'', null, ''"])(
    "NULL and the empty string keep their places in %s",
    async (list) => {
      const { rows } = await connect({ url: gateway.url }).execute(`SELECT ${list}`, null, {
        as: "array",
      });
      const written = list.split(", ").map((item) => {
        if (item === "null") return null;
        return item === "1" ? 1 : item.slice(1, -1);
      });
      expect(rows).toEqual([written]);
    },
  );

  test("a column of NULL alone has the type NULL", async () => {
    const { types } = await connect({ url: gateway.url }).execute("SELECT null AS nothing");
    expect(types).toEqual({ nothing: "NULL" });
  });

  test("an empty result has its columns, and no rows", async () => {
    const connection = connect({ url: gateway.url });
    await connection.execute("CREATE TABLE empty_one (id INT, name VARCHAR(3))");
    const { rows, headers, size, fields } = await connection.execute(
      "SELECT e.id, e.name AS n FROM empty_one AS e",
    );
    expect({ rows, headers, size }).toEqual({ rows: [], headers: ["id", "n"], size: 0 });
    expect(fields[1]).toMatchObject({
      ...{ name: "n", orgName: "name", table: "e", orgTable: "empty_one" },
      ...{ database: gateway.address.database, columnLength: 12 },
    });
  });

  test("time stands in UTC", async () => {
    const { rows } = await connect({ url: gateway.url }).execute(
      "SELECT @@session.time_zone AS zone, FROM_UNIXTIME(0) AS epoch",
    );
    expect(rows).toEqual([{ zone: "+00:00", epoch: "1970-01-01 00:00:00" }]);
  });

  test("what does not fit is an error, and never cut", async () => {
    const connection = connect({ url: gateway.url });
    await connection.execute("CREATE TABLE strict (n TINYINT, s CHAR(2))");
    await expect(connection.execute("INSERT INTO strict VALUES (128, 'a')")).rejects.toThrow(
      "(errno 1264) (sqlstate 22003)",
    );
    await expect(connection.execute("INSERT INTO strict VALUES (1, 'abc')")).rejects.toThrow(
      "(errno 1406) (sqlstate 22001)",
    );
  });
});
