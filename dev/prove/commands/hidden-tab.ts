/** The tests have the browser and all that a page needs: this is one of them, too long for every day. */
import { spawnSync } from "node:child_process";
import { flagsOf, type Proof, positive } from "./flags.ts";

export const prove: Proof = async (args) => {
  const seconds = positive(flagsOf(args).seconds ?? "120");
  const env = { ...process.env, HIDDEN_TAB_SECONDS: `${seconds}` };
  const test = ["run", "--project", "browser", "test/browser/hidden-tab.test.ts"];
  return spawnSync("vitest", test, { stdio: "inherit", env }).status === 0;
};
