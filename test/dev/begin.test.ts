/** What a start does before it listens, and leaves out when it has been done. */
import { type ChildProcess, execFile } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { isMadeOf, noteSources, readSources, SOURCES } from "../../dev/run/build-note.ts";
import { ROOT, WRANGLER_TOML } from "../../dev/run/flags.ts";
import { openD1Of } from "../../dev/run/local-d1.ts";
import { readMigrationNotes } from "../../dev/run/migration-notes.ts";
import { applyMigrations } from "../../dev/run/migrations.ts";
import { d1FileIn } from "../../dev/run/state-files.ts";
import { WRANGLER, WRANGLER_ENV } from "../../dev/run/wrangler.ts";
import { begunState } from "../support/begun-state.ts";

const freshDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-begin-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
};

test("whatever the bundler reads is among the sources whose change makes it bundle anew", async () => {
  const { metafile } = await build({
    ...{ absWorkingDir: ROOT, entryPoints: ["src/worker.ts"], metafile: true, write: false },
    ...{ bundle: true, format: "esm", external: ["cloudflare:*", "node:*"] },
    loader: { ".html": "text" },
  });
  const others = Object.keys(metafile.inputs).filter(
    (input) =>
      !SOURCES.some((source) => input === source || input.startsWith(`${source}/`)) &&
      !input.startsWith("node_modules/") &&
      // made of src/client by dev/build-client.ts, which are
      !input.startsWith("dist/"),
  );
  expect(Object.keys(metafile.inputs).length).toBeGreaterThan(100);
  expect(others).toEqual([]);
});

test("a bundle of other sources, or one that was never finished, is none", () => {
  const directory = freshDirectory();
  expect(isMadeOf(directory, readSources())).toBe(false);
  noteSources(directory, "others");
  expect(isMadeOf(directory, readSources())).toBe(false);
  noteSources(directory, readSources());
  expect(isMadeOf(directory, readSources())).toBe(true);
});

test("wrangler finds nothing left to apply in a database that was brought up to date here", async () => {
  const state = await begunState("headcount-begin");
  onTestFinished(() => rmSync(state, { recursive: true }));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...[WRANGLER, "d1", "migrations", "list", "DB", "--local", "--persist-to", state],
      ...["--config", WRANGLER_TOML],
    ],
    { env: { ...process.env, ...WRANGLER_ENV, CI: "true" } },
  );
  expect(stdout).toContain("No migrations to apply");
});

test("a migration that fails leaves nothing of itself, and those before it; mended it is applied once", async () => {
  const state = freshDirectory();
  const migrations = freshDirectory();
  const write = (name: string, sql: string) => writeFileSync(join(migrations, name), sql);
  write(
    "0000_one.sql",
    "CREATE TABLE one (a text);\n--> statement-breakpoint\nINSERT INTO one VALUES ('x;y');",
  );
  write("0001_two.sql", "CREATE TABLE two (a text);\nINSERT INTO nowhere VALUES (1);");
  await expect(applyMigrations(state, migrations)).rejects.toThrow(
    "could not be brought up to date",
  );
  expect(await tablesOf(state)).toEqual(["one"]);

  write("0001_two.sql", "CREATE TABLE two (a text);");
  for (const _ of ["once", "again"]) await applyMigrations(state, migrations);
  expect(await tablesOf(state)).toEqual(["one", "two"]);
});

test("a state that has all migrations is not opened by a runtime to see that; one that lacks a migration gets it", async () => {
  const state = await begunState("headcount-begin");
  onTestFinished(() => rmSync(state, { recursive: true }));
  const started = spawnedProcesses();
  await applyMigrations(state);
  expect(started).toEqual([]);

  const migrations = freshDirectory();
  cpSync(join(ROOT, "migrations/d1"), migrations, { recursive: true });
  writeFileSync(join(migrations, "9999_more.sql"), "CREATE TABLE one (a text);");
  await applyMigrations(state, migrations);
  expect(started).toContain("workerd");
  expect(await tablesOf(state)).toEqual(["one"]);
});

test("notes in the file of another database, or in none that can be read, count for nothing", async () => {
  const state = await begunState("headcount-begin");
  onTestFinished(() => rmSync(state, { recursive: true }));
  const file = d1FileIn(state) ?? "";
  expect(readMigrationNotes(state)).toContain("0000_views.sql");
  const other = join(dirname(file), `${"0".repeat(64)}.sqlite`);
  for (const end of ["", "-wal", "-shm"]) renameSync(`${file}${end}`, `${other}${end}`);
  expect(readMigrationNotes(state)).toEqual(new Set());
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, "no database");
  expect(readMigrationNotes(state)).toEqual(new Set());
});

/** @returns the names of those that this process makes from now on, as it makes them */
const spawnedProcesses = (): readonly string[] => {
  const names: string[] = [];
  const look = (message: unknown): void => {
    const { process: child } = message as { readonly process: ChildProcess };
    child.once("spawn", () => names.push(basename(child.spawnfile)));
  };
  subscribe("child_process", look);
  onTestFinished(() => void unsubscribe("child_process", look));
  return names;
};

const tablesOf = async (state: string): Promise<readonly string[]> => {
  const { database, close } = await openD1Of(state);
  const { results } = await database
    .prepare("SELECT name FROM sqlite_schema WHERE name IN ('one', 'two') ORDER BY name")
    .all<{ name: string }>();
  await close();
  return results.map(({ name }) => name);
};
