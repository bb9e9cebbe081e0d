/**
 * Bundles the browser SDK into `dist/`, from where the Worker imports it as text, and holds it to its size.
 *
 * The files are made and not committed, so they cannot lag behind `src/client`. Whoever bundles the Worker has them
 * made: wrangler by `[build]` in `wrangler.toml` (deploy, dev, and `npm start`, which builds with wrangler), vitest by
 * its configuration, `npm run check` as its first step, and `npm ci` as `prepare`, for editors.
 * They end in `.txt` because wrangler, vitest and esbuild all take that for text without being told.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT = resolve(import.meta.dirname, "..");

/** What a page pays for being counted; about one packet. */
const MAX_GZIP_BYTES = 1_600;

const bundle = async (entry: string): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    // without the project's `strict`, of which "use strict" would remain; nothing depends on it
    tsconfigRaw: {},
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`${entry} came to nothing`);
  return file.contents;
};

/** At once: another build may be reading it. */
const put = (name: string, content: Uint8Array): void => {
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  const draft = join(ROOT, "dist", `${name}.${process.pid}`);
  writeFileSync(draft, content);
  renameSync(draft, join(ROOT, "dist", name));
};

/** @throws when the SDK has outgrown its size */
export const buildClient = async (): Promise<void> => {
  const sdk = await bundle("src/client/headcount.ts");
  const debug = await bundle("src/client/debug.ts");
  put("headcount.js.txt", sdk);
  put("headcount.debug.js.txt", debug);

  const gzipBytes = gzipSync(sdk, { level: 9 }).length;
  console.log(`headcount.js: ${gzipBytes} bytes of gzip, at most ${MAX_GZIP_BYTES}`);
  if (gzipBytes > MAX_GZIP_BYTES) throw new Error("headcount.js is too large");
};

if (import.meta.main) await buildClient();
