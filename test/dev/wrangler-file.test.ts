import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { WRANGLER_TOML } from "../../dev/run/flags.ts";
import { readWranglerFile } from "../../dev/run/wrangler-file.ts";

const SECRET = "of-nobody-else";

/** A project of its own, with secrets in every place in which wrangler looks for them. */
const project = (toml: string): { readonly file: string; readonly kept: string } => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-wrangler-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const name of [".dev.vars", ".env"]) {
    writeFileSync(join(directory, name), `ADMIN_KEY="${SECRET}"\n`);
  }
  const file = join(directory, "wrangler.toml");
  writeFileSync(file, toml);
  return { file, kept: join(directory, "cache/kept.json") };
};

const withColour = (colour: string): string => `
name = "some"
main = "some.ts"
compatibility_date = "2026-10-01"
vars = { COLOUR = "${colour}" }
[triggers]
crons = ["* * * * *"]
[[d1_databases]]
binding = "DB"
database_id = "some-id"
[env.other]
vars = { COLOUR = "other" }
`;

/** Makes what is kept say something that is nowhere else. */
const mark = (kept: string): void =>
  writeFileSync(kept, readFileSync(kept, "utf8").replace('"red"', '"kept"'));

const colourOf = ({ file, kept }: ReturnType<typeof project>): unknown =>
  readWranglerFile(file, kept).variables.COLOUR;

test("what was read once is taken from where it is kept, and is the same", () => {
  const { file, kept } = project(withColour("red"));
  const first = readWranglerFile(file, kept);
  expect(first).toMatchObject({
    ...{ name: "some", variables: { COLOUR: "red" }, crons: ["* * * * *"] },
    d1Databases: { DB: { id: "some-id" } },
  });
  expect(readWranglerFile(file, kept)).toEqual(first);
  mark(kept);
  expect(colourOf({ file, kept })).toBe("kept");
});

test("whoever edits wrangler.toml, or names another environment, has the new values at once", () => {
  const some = project(withColour("red"));
  expect(colourOf(some)).toBe("red");
  writeFileSync(some.file, withColour("blue"));
  expect(colourOf(some)).toBe("blue");
  vi.stubEnv("CLOUDFLARE_ENV", "other");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(colourOf(some)).toBe("other");
});

test("of what is kept only in part nothing is taken", () => {
  const some = project(withColour("red"));
  expect(colourOf(some)).toBe("red");
  mark(some.kept);
  writeFileSync(some.kept, readFileSync(some.kept).subarray(0, -1));
  expect(colourOf(some)).toBe("red");
  expect(JSON.parse(readFileSync(some.kept, "utf8")).read.variables).toEqual({ COLOUR: "red" });
});

test("no secret is kept: none of a file, of the environment or of a database's address; and no draft", () => {
  vi.stubEnv("CLOUDFLARE_INCLUDE_PROCESS_ENV", "true");
  vi.stubEnv("ADMIN_KEY", SECRET);
  vi.stubEnv("CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_MYSQL", `mysql://u:${SECRET}@h:3306/d`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const some = project(withColour("red"));
  expect(JSON.stringify(readWranglerFile(some.file, some.kept))).not.toContain(SECRET);
  expect(readdirSync(join(some.kept, ".."))).toEqual(["kept.json"]);
  expect(readFileSync(some.kept, "utf8")).not.toContain(SECRET);

  const other = project(
    `${withColour("red")}
[[hyperdrive]]
binding = "MYSQL"
id = "some-id"`.replace(/\[env.other\]\n.*\n/, ""),
  );
  expect(JSON.stringify(readWranglerFile(other.file, other.kept))).toContain(SECRET);
  expect(() => readFileSync(other.kept)).toThrow("ENOENT");
});

test("of the Worker that is deployed all can be kept", () => {
  const { kept } = project("");
  readWranglerFile(WRANGLER_TOML, kept);
  expect(readFileSync(kept, "utf8")).toContain('"TALLY_SHARDS":"8"');
});
