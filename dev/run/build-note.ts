/** What a bundle was made of, noted beside it: who starts again with nothing changed has not to wait for the bundler. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./flags.ts";

/** All that goes into a bundle, or makes it; packages by the lockfile. */
export const SOURCES = [
  ...["src", "durable-objects", "dev/build-client.ts", "dev/run/build.ts"],
  ...["wrangler.toml", "package.json", "package-lock.json", "tsconfig.json", "tsconfig.base.json"],
] as const;

const NOTE = "made-of";

/** @returns a text that changes with the name or a byte of any source */
export const readSources = (): string => {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of filesUnder(source)) {
      const bytes = readFileSync(join(ROOT, file));
      hash.update(`${file}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex");
};

/** Last of all: a bundle without its note was not finished. */
export const noteSources = (outdir: string, sources: string): void =>
  writeFileSync(join(outdir, NOTE), sources);

export const isMadeOf = (outdir: string, sources: string): boolean => {
  try {
    return readFileSync(join(outdir, NOTE), "utf8") === sources;
  } catch {
    return false;
  }
};

const filesUnder = (source: string): readonly string[] => {
  if (/\.\w+$/.test(source)) return [source];
  return readdirSync(join(ROOT, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1))
    .toSorted();
};
