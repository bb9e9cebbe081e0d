/** The D1 of `npm start`, opened by the runtime that wrote it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/d1";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { Failure, WRANGLER_TOML } from "../../dev/run/flags.ts";
import { STATE_FORMAT } from "../../dev/run/runner.ts";
import type { SourceParts } from "./source.ts";

const BINDING = "DB";

/** The state has to be locked. @throws Failure when nothing is there */
export const openLocalD1 = async (state: string): Promise<SourceParts> => {
  const persistence = join(state, STATE_FORMAT);
  if (!existsSync(join(persistence, "d1"))) {
    throw new Failure(`There is no D1 in ${state}; name the directory of npm start with --state`);
  }
  const { workerOptions } = unstable_getMiniflareWorkerOptions(WRANGLER_TOML);
  const script = "export default {};";
  const { d1Databases = {} }: V4WorkerOptions = { ...workerOptions, script };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      // Its place would be asked of Cloudflare.
      cf: false,
      resourcePersistencePath: persistence,
      workers: [{ name: "move", modules: true, script, d1Databases }],
    }),
  );
  return {
    identity: "local",
    description: `D1 in ${state}`,
    db: drizzle(await miniflare.getD1Database(BINDING)),
    close: () => miniflare.dispose(),
  };
};
