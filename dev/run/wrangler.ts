/** Wrangler as a command: with the Node that runs us, whatever PATH says, and with nothing that needs a network. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Says its version, and exactly those of what it is made of. */
export const WRANGLER_MANIFEST = createRequire(import.meta.url).resolve("wrangler/package.json");

export const WRANGLER = join(dirname(WRANGLER_MANIFEST), "bin/wrangler.js");

export const WRANGLER_ENV = {
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_METRICS: "false",
  /** `request.cf` of everyone is asked of Cloudflare otherwise. */
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
} as const;
