/** The floor on a workerd of its own, with the product's compatibility date and flags. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { unstable_readConfig } from "wrangler";
import { bundleForWorkerd } from "../dev/raw-workerd.ts";
import { SERVER_CORE, type Server, startWorkerd } from "./workerd.ts";

export const startBare = (directory: string, port: number): Promise<Server> => {
  mkdirSync(directory);
  const { compatibility_date, compatibility_flags } = unstable_readConfig({
    config: "wrangler.toml",
  });
  const main = resolve("bench/bare-hono.ts");
  const wranglerFile = join(directory, "wrangler.json");
  const config = { name: "bare", main, compatibility_date, compatibility_flags };
  writeFileSync(wranglerFile, JSON.stringify(config));
  bundleForWorkerd({ wranglerFile, directory, stateDirectory: directory, port, secrets: {} });
  return startWorkerd(directory, port, SERVER_CORE, "/ready");
};
