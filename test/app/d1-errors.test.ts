import { DrizzleQueryError } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { explainD1 } from "../../src/adapters/d1/explain.ts";

const SECRET = "Ann-Example-1970";

describe("an error of D1", () => {
  test.each([
    [
      "D1_ERROR: UNIQUE constraint failed: users.id: SQLITE_CONSTRAINT",
      "D1_ERROR SQLITE_CONSTRAINT",
    ],
    [`D1_ERROR: near "${SECRET}": syntax error at offset 7: SQLITE_ERROR`, "D1_ERROR SQLITE_ERROR"],
    [`D1_TYPE_ERROR: Type 'object' not supported for value '${SECRET}'`, "D1_TYPE_ERROR"],
    [`${SECRET} was lost`, "Error: no answer"],
  ])("is told by its kind and code: %s", (words, told) => {
    expect(explainD1(new Error(words)).message).toBe(told);
  });

  test("says neither statement nor values, however deep they are in it", () => {
    const inner = new Error(`D1_ERROR: ${SECRET}: SQLITE_CONSTRAINT_TRIGGER`);
    const outer = new DrizzleQueryError(`insert into users values (${SECRET})`, [SECRET], inner);
    const told = explainD1(new DrizzleQueryError("select 1", [SECRET], outer));
    expect(told.message).toBe("D1_ERROR SQLITE_CONSTRAINT_TRIGGER");
    expect(JSON.stringify([told, `${told.stack}`, told.cause])).not.toContain(SECRET);
  });

  test("that is SQLite's refusal is final, any other may pass", () => {
    const isTransient = (words: string) => explainD1(new Error(words)).transient;
    expect(isTransient("D1_ERROR: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT")).toBe(false);
    expect(isTransient("D1_ERROR: Network connection lost.")).toBe(true);
  });
});
