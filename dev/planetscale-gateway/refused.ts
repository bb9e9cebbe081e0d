/**
 * What MariaDB does and PlanetScale does not, and what would leave a trace on a connection that others get next: both
 * are refused, so that what passes here passes there. A net with meshes: only what is easy to tell is caught.
 */
import { codeOf, startOfCode } from "./code-of.ts";
import { firstWord, kindOf } from "./statement.ts";

interface Refused {
  readonly what: string;
  /** Of the code of a statement, without its literals, quoted names and comments. */
  readonly pattern: RegExp;
}

const CREATE =
  /\bcreate\s+(?:or\s+replace\s+)?(?:definer\s*=\s*\S+\s+)?(?:aggregate\s+|temporary\s+)?/.source;

const REFUSED: readonly Refused[] = [
  {
    what: "a trigger, procedure, function, event or package",
    pattern: new RegExp(`${CREATE}(?:trigger|procedure|function|event|package)\\b`, "i"),
  },
  {
    what: "a sequence",
    pattern: new RegExp(
      `${CREATE}sequence\\b|\\b(?:next|previous)\\s+value\\s+for\\b|\\b(?:nextval|lastval|setval)\\s*\\(`,
      "i",
    ),
  },
  { what: "a temporary table", pattern: /\bcreate\s+(?:or\s+replace\s+)?temporary\b/i },
  { what: "CREATE OR REPLACE TABLE", pattern: /\bcreate\s+or\s+replace\s+table\b/i },
  { what: "RETURNING", pattern: /\breturning\b/i },
  { what: "JSON_TABLE", pattern: /\bjson_table\s*\(/i },
  { what: "LOCK TABLES", pattern: /\b(?:un)?lock\s+tables?\b/i },
  { what: "a lock by name", pattern: /\b(?:get_lock|release_lock|release_all_locks)\s*\(/i },
  { what: "a subpartition", pattern: /\bsubpartitions?\b/i },
  {
    what: "a partition by anything but RANGE, HASH and KEY",
    pattern: /\bpartition\s+by\s+(?:list|system_time)\b/i,
  },
  { what: "a result written to a file", pattern: /\binto\s+(?:outfile|dumpfile)\b/i },
];

/** One of these is in everything that a pattern above finds: most statements have none, and are looked at once. */
const SUSPECT =
  /\b(?:create|returning|json_table|value|nextval|lastval|setval|(?:un)?lock|get_lock|release_lock|release_all_locks|partition|subpartitions?|outfile|dumpfile)\b/i;

/** The benchmark's statements are these, of 200 KB: of all that is refused only RETURNING can be in them. */
const PLAIN_INSERT = /^\s*(?:insert|replace)\s[^'"()]*(?:\([^'"()]*\)\s*)?values\b/i;

const HEAD_CHARACTERS = 4_096;

/** Everything else is refused: SET, USE, CALL, PREPARE, XA, HANDLER, LOAD, GRANT, KILL, FLUSH and whatever comes. */
const HEADS: ReadonlySet<string> = new Set([
  ...["select", "insert", "update", "delete", "replace", "with", "values", "table"],
  ...["begin", "start", "commit", "rollback", "savepoint", "release"],
  ...["create", "alter", "drop", "truncate", "rename", "analyze", "optimize"],
  ...["show", "describe", "desc", "explain"],
]);

/** Of these only the whole statements are known that {@link kindOf} names: no AND CHAIN, and no MariaDB's blocks. */
const WHOLE: ReadonlySet<string> = new Set(["begin", "start", "commit", "rollback"]);

const TO_A_SAVEPOINT = /^\s*rollback\s+(?:work\s+)?to\b/i;

/** @returns what of `sql` is refused, in words; undefined where nothing is */
export const refusalOf = (sql: string): string | undefined => {
  const word = firstWord(sql);
  if (WHOLE.has(word) && kindOf(sql) === "other" && !TO_A_SAVEPOINT.test(codeOf(sql))) {
    return `${word.toUpperCase()} with more to it`;
  }
  // It begins with a parenthesis, or is no SQL, which the server says.
  const headless = word === "" && !sql.startsWith("/*", startOfCode(sql));
  if (!headless && !HEADS.has(word)) return word === "" ? "a comment first" : word.toUpperCase();
  const plain = PLAIN_INSERT.test(sql.slice(0, HEAD_CHARACTERS));
  if (!(plain ? /\breturning\b/i : SUSPECT).test(sql)) return undefined;
  const code = codeOf(sql);
  return REFUSED.find(({ pattern }) => pattern.test(code))?.what;
};
