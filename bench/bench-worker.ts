/** A Worker of a benchmark's own on a workerd of its own, with the product's compatibility date and flags. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { unstable_readConfig } from "wrangler";
import { bundleForWorkerd } from "../dev/raw-workerd.ts";
import { type Server, startWorkerd } from "./workerd.ts";

export interface BenchWorker {
  /** In this folder; `GET /ready` answers 200. */
  readonly file: string;
  /** Made. */
  readonly directory: string;
  readonly port: number;
  /** `undefined` is any. */
  readonly core: number | undefined;
  readonly secrets?: Readonly<Record<string, string>>;
}

export const startBenchWorker = (worker: BenchWorker): Promise<Server> => {
  const { file, directory, port, core, secrets = {} } = worker;
  mkdirSync(directory);
  const { compatibility_date, compatibility_flags } = unstable_readConfig({
    config: "wrangler.toml",
  });
  const name = basename(file, ".ts");
  const main = resolve(import.meta.dirname, file);
  const wranglerFile = join(directory, "wrangler.json");
  const config = { name, main, compatibility_date, compatibility_flags };
  writeFileSync(wranglerFile, JSON.stringify(config));
  bundleForWorkerd({ wranglerFile, directory, stateDirectory: directory, port, secrets });
  return startWorkerd(directory, port, core, "/ready");
};

/** Has a Worker that writes do so. @throws when it does not answer that it is done */
export const postWork = async (port: number, work: unknown): Promise<void> => {
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    body: JSON.stringify(work),
  });
  if ((await answer.text()) !== "done") throw new Error(`the writer answered ${answer.status}`);
};
