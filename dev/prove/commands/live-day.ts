/** A test, of as many streams as are asked for. */
import { spawnSync } from "node:child_process";
import { flagsOf, type Proof, positive } from "./flags.ts";

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const streams = positive(values.streams);
  const seed = positive(values.seed);
  console.log(`seed ${seed}`);
  const env = { ...process.env, LIVE_DAY_STREAMS: `${streams}`, LIVE_DAY_SEED: `${seed}` };
  const test = ["run", "--project", "node", "test/mysql/live-day.test.ts"];
  return spawnSync("vitest", test, { stdio: "inherit", env }).status === 0;
};
