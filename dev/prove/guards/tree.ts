/** A copy of the sources in which a guard can be missing for a while. */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Patch, withoutGuard } from "./patch.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

/** What a test of the suite may read. */
const COPIED = [
  ...["src", "durable-objects", "cli", "dev", "bench", "test", "migrations", "docs"],
  ...["package.json", "tsconfig.json", "tsconfig.base.json", "wrangler.toml"],
  ...["vitest.config.ts", "worker-configuration.d.ts", "README.md"],
];

export const copyTree = (directory: string): void => {
  for (const name of COPIED) {
    cpSync(join(ROOT, name), join(directory, name), { recursive: true, force: true });
  }
  linkModules(directory);
};

/** One by one, so that what Vite prepares of them is this tree's own: two that share it make it anew under each other. */
const linkModules = (directory: string): void => {
  const modules = join(directory, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (!PREPARED.has(name)) symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
};

const PREPARED = new Set([".vite", ".vite-temp", ".vitest-cache", ".cache"]);

/** Takes the guard away while `work` runs. */
export const withPatch = async <Result>(
  directory: string,
  patch: Patch,
  work: () => Promise<Result>,
): Promise<Result> => {
  const path = join(directory, patch.file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, withoutGuard(patch, source));
  try {
    return await work();
  } finally {
    writeFileSync(path, source);
  }
};

/** @returns the file as it stands in the repository */
export const readSource = (file: string): string => readFileSync(join(ROOT, file), "utf8");
