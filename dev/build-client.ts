/**
 * Bundles the browser SDK into `dist/`, from where the Worker imports it as text.
 *
 * The files are made and not committed, so they cannot lag behind `src/client`. Wrangler runs this by `[build]` in
 * `wrangler.toml` whenever it bundles the Worker (deploy, dev); what bundles without wrangler calls `buildClient`
 * itself; `npm ci` runs it as `prepare`, so that editors and checkers find the files from the start.
 * The ending `.txt` is one that every bundler here takes for text without being told.
 */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What a page pays for being counted: about one TCP packet. */
const MAX_GZIP_BYTES = 1_600;

const FILES = { "headcount.js": "headcount.ts", "headcount.debug.js": "debug.ts" } as const;

/** @returns sizes in bytes by file name */
export const buildClient = async (): Promise<ReadonlyMap<string, number>> => {
  const sizes = new Map<string, number>();
  for (const [name, source] of Object.entries(FILES)) {
    const { outputFiles } = await build({
      absWorkingDir: ROOT,
      entryPoints: [`src/client/${source}`],
      outfile: `dist/${name}.txt`,
      bundle: true,
      minify: true,
      format: "iife",
      target: "es2020",
      charset: "utf8",
      metafile: false,
    });
  }
  return sizes;
};
