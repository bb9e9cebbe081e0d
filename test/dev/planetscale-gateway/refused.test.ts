import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf } from "../../../dev/planetscale-gateway/code-of.ts";
import { refusalOf } from "../../../dev/planetscale-gateway/refused.ts";

test.for([
  "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x = 1",
  "create or replace definer=`root`@`%` procedure p() select 1",
  "CREATE AGGREGATE FUNCTION f(x INT) RETURNS INT RETURN 1",
  "CREATE SEQUENCE s",
  "SELECT NEXT VALUE FOR s",
  "SELECT nextval(s)",
  "INSERT INTO a VALUES (1) RETURNING id",
  "/* why */ DELETE FROM a returning id",
  "SELECT * FROM json_table ('[]', '$[*]' COLUMNS (a INT PATH '$')) AS t",
  "SELECT * FROM JSON_TABLE/**/('[]', '$') AS t",
  "LOCK TABLES a WRITE",
  "UNLOCK TABLES",
  "CREATE TABLE a (id INT) PARTITION BY HASH (id) SUBPARTITION BY KEY (id)",
  "CREATE TABLE a (id INT) PARTITION BY LIST (id) (PARTITION p VALUES IN (1))",
  "CREATE TEMPORARY TABLE a (id INT)",
  "CREATE OR REPLACE TABLE a (id INT)",
  "SELECT get_lock('a', 1)",
  "SELECT 1 INTO OUTFILE '/tmp/a'",
  "SELECT 1 /*! INTO OUTFILE '/tmp/a' */",
  "SET autocommit = 0",
  "-- a comment\nSET autocommit = 0",
  "/*!50000 SET autocommit = 0 */",
  "SET STATEMENT max_statement_time = 1 FOR SELECT 1",
  "USE mysql",
  "CALL p()",
  "PREPARE s FROM 'SELECT 1'",
  "XA START 'a'",
  "COMMIT AND CHAIN",
  "ROLLBACK AND CHAIN",
  "BEGIN NOT ATOMIC SELECT 1; END",
])("refused: %s", (sql) => {
  expect(refusalOf(sql)).toBeTypeOf("string");
});

test.for([
  "SELECT 'CREATE TRIGGER', \"RETURNING\", `returning`, 'it''s RETURNING', 'a\\' RETURNING'",
  "INSERT INTO a VALUES ('RETURNING'), ('\\\\'), (' LOCK TABLES ')",
  "UPDATE a SET n = 'SUBPARTITION' -- RETURNING",
  "UPDATE a SET n = 1 # RETURNING\n",
  "DELETE FROM a /* RETURNING */ WHERE id = 1",
  "CREATE TABLE a (id INT, FOREIGN KEY (id) REFERENCES b (id))",
  "CREATE TABLE a (id INT) PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN (1))",
  "CREATE INDEX i ON a (id)",
  "SELECT locks, created FROM blocks FOR UPDATE",
  "(SELECT 1) UNION (SELECT 2)",
  "WITH a AS (SELECT 1) SELECT * FROM a",
  "BEGIN",
  " begin work ; ",
  "START TRANSACTION READ ONLY",
  "COMMIT",
  "ROLLBACK",
  "ROLLBACK TO SAVEPOINT s",
  "SAVEPOINT s",
  "",
])("let through: %s", (sql) => {
  expect(refusalOf(sql)).toBeUndefined();
});

const literal = fc
  .tuple(
    fc.constantFrom("'", '"'),
    fc.string({ unit: fc.constantFrom("'", '"', "\\", "`", "-", "#", "/", "*", " ", "\n", "a") }),
  )
  .map(
    ([quote, text]) =>
      quote + text.replaceAll("\\", "\\\\").replaceAll(quote, quote + quote) + quote,
  );

test("no value is ever code, and none hides the code behind it", () => {
  fc.assert(
    fc.property(fc.array(literal, { minLength: 1, maxLength: 5 }), (literals) => {
      const code = codeOf(`SELECT ${literals.join(" , ")} RETURNING`);
      expect(code.replace(/''|""/g, "").replace(/\s/g, "")).toBe(
        `SELECT${",".repeat(literals.length - 1)}RETURNING`,
      );
    }),
  );
});

test("a statement of a megabyte is looked at in a moment, whatever is in it", () => {
  const row = `('create returning \\' lock '' "', 1)`;
  const rows = Array.from({ length: 30_000 }, () => row).join(",");
  const started = performance.now();
  expect(refusalOf(`INSERT INTO a VALUES ${rows}`)).toBeUndefined();
  expect(refusalOf(`UPDATE a SET b = (${rows})`)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(2_000);
});
