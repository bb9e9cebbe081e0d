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

/** What a page pays for being counted, about one packet, and for being in a live stream besides. */
const MAX_GZIP_BYTES = { "headcount.js": 1_650, "headcount-live.js": 2_500 };

/** @param format `iife` for a script element, `esm` for what the SDK imports */
const bundle = async (entry: string, format: "iife" | "esm"): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format,
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
  const made = {
    "headcount.js": await bundle("src/client/headcount.ts", "iife"),
    "headcount-live.js": await bundle("src/client/live/stream.ts", "esm"),
    "headcount.debug.js": await bundle("src/client/debug.ts", "iife"),
    "demo-most-viewed.js": await bundle("src/client/demo/most-viewed.ts", "iife"),
    "demo-live.js": await bundle("src/client/demo/live.ts", "iife"),
  };
  for (const [name, content] of Object.entries(made)) put(`${name}.txt`, content);

  for (const name of ["headcount.js", "headcount-live.js"] as const) {
    const gzipBytes = gzipSync(made[name], { level: 9 }).length;
    console.log(`${name}: ${gzipBytes} bytes of gzip, at most ${MAX_GZIP_BYTES[name]}`);
    if (gzipBytes > MAX_GZIP_BYTES[name]) throw new Error(`${name} is too large`);
  }
};

if (import.meta.main) await buildClient();
