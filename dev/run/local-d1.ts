/** The D1 of a state without the Worker: opened by the runtime that writes it. */
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { WRANGLER_TOML } from "./flags.ts";
import { STATE_FORMAT } from "./runner.ts";

const BINDING = "DB";
const SCRIPT = "export default {};";

export type LocalD1 = Awaited<ReturnType<Miniflare["getD1Database"]>>;

export interface OpenD1 {
  readonly database: LocalD1;
  close(): Promise<void>;
}

/** Made when there is none. The state has to be locked. */
export const openD1Of = async (state: string): Promise<OpenD1> => {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(WRANGLER_TOML);
  const { d1Databases = {} }: V4WorkerOptions = { ...workerOptions, script: SCRIPT };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      // Its place would be asked of Cloudflare.
      cf: false,
      resourcePersistencePath: join(state, STATE_FORMAT),
      workers: [{ name: "database-alone", modules: true, script: SCRIPT, d1Databases }],
    }),
  );
  const close = () => miniflare.dispose();
  try {
    return { database: await miniflare.getD1Database(BINDING), close };
  } catch (cause) {
    await close();
    throw cause;
  }
};
