/** The D1 of a state without the Worker: opened by the runtime that writes it. */
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { D1_BINDING, runtimeFilesIn } from "./state-files.ts";
import { readWranglerFile } from "./wrangler-file.ts";

const SCRIPT = "export default {};";

export type LocalD1 = Awaited<ReturnType<Miniflare["getD1Database"]>>;

export interface OpenD1 {
  readonly database: LocalD1;
  close(): Promise<void>;
}

/** Made when there is none. The state has to be locked. */
export const openD1Of = async (state: string): Promise<OpenD1> => {
  const { d1Databases } = readWranglerFile();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      // Its place would be asked of Cloudflare.
      cf: false,
      resourcePersistencePath: runtimeFilesIn(state),
      workers: [{ name: "database-alone", modules: true, script: SCRIPT, d1Databases }],
    }),
  );
  const close = () => miniflare.dispose();
  try {
    return { database: await miniflare.getD1Database(D1_BINDING), close };
  } catch (cause) {
    await close();
    throw cause;
  }
};
