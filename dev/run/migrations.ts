/** Brings the local database to the schema of `migrations/d1`, as `wrangler d1 migrations apply` does a deployed one. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Failure, ROOT, WRANGLER_TOML } from "./flags.ts";
import { WRANGLER, WRANGLER_ENV } from "./wrangler.ts";

const BINDING = "DB";

/** @throws Failure when a migration fails; those before it stay applied */
export const applyMigrations = async (state: string): Promise<void> => {
  const args = ["d1", "migrations", "apply", BINDING, "--local", "--persist-to", state];
  const running = promisify(execFile)(
    process.execPath,
    [WRANGLER, ...args, "--config", WRANGLER_TOML],
    // Nobody is asked: with CI set, wrangler takes yes for the answer.
    { cwd: ROOT, env: { ...process.env, ...WRANGLER_ENV, CI: "true" } },
  );
  running.child.stdin?.end();
  try {
    await running;
  } catch (cause) {
    throw new Failure(`The database could not be brought up to date\n${cause}`);
  }
};
