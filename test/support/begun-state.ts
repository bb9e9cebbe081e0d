/** States of a service that has been started before: the Worker is bundled, and D1 has its tables. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSources } from "../../dev/run/build-note.ts";
import { ROOT } from "../../dev/run/flags.ts";

/** Kept from run to run: one that is out of date costs a start its time, and nothing else. */
const CACHE = join(ROOT, "node_modules/.cache/headcount-states");

/** @returns the directory of a new state of its own, which whoever asked removes */
export const begunState = async (prefix: string): Promise<string> => {
  const template = await templateState();
  const state = mkdtempSync(join(tmpdir(), `${prefix}-`));
  cpSync(template, state, { recursive: true });
  return state;
};

let template: Promise<string> | undefined;

const templateState = (): Promise<string> => {
  template ??= findOrMake();
  return template;
};

const findOrMake = async (): Promise<string> => {
  const wanted = join(CACHE, readSources());
  if (existsSync(wanted)) return wanted;
  mkdirSync(CACHE, { recursive: true });
  removeOld();
  // Read where it is wanted: with them comes wrangler, and all of it, into every test that finds a state.
  const [{ bundleInto }, { applyMigrations }] = await Promise.all([
    import("../../dev/run/build.ts"),
    import("../../dev/run/migrations.ts"),
  ]);
  const draft = mkdtempSync(join(CACHE, "draft-"));
  await Promise.all([bundleInto(join(draft, "build")), applyMigrations(draft)]);
  try {
    renameSync(draft, wanted);
  } catch (cause) {
    // Another worker was faster.
    if (!existsSync(wanted)) throw cause;
    rmSync(draft, { recursive: true });
  }
  return wanted;
};

const OLD_MS = 3_600_000;

/** Those of other sources, and what a run left that was killed; nothing that another run may be using. */
const removeOld = (): void => {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - modified > OLD_MS) rmSync(path, { recursive: true, force: true });
  }
};
