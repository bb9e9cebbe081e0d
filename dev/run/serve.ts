/** The Worker on this machine, with everything on disk, from the build to the crons. */
import { join } from "node:path";
import { type Build, buildWorker, withVariables } from "./build.ts";
import { startCrons } from "./crons.ts";
import { choiceOf } from "./database-choice.ts";
import { startDemoStreams } from "./demo-streams.ts";
import type { Flags } from "./flags.ts";
import { openLocalDatabase } from "./local-database.ts";
import { startRunner } from "./runner.ts";
import { ensureSecrets, readVariables } from "./secrets.ts";
import { lockState } from "./state-lock.ts";

const DEMO_PATIENCE_MS = 10_000;

/** Goes on after its return, until a signal ends the process. @param build another Worker than the deployed one */
export const serve = async (flags: Flags, build: Partial<Build> = {}): Promise<void> => {
  lockState(flags.state);
  const made = ensureSecrets(flags.secrets);
  if (made.length > 0) console.log(`Made ${made.join(" and ")} in ${flags.secrets}`);
  const variables = readVariables(flags.secrets);
  const building = buildWorker({
    ...{ outdir: join(flags.state, "build"), secrets: flags.secrets },
    ...build,
  });
  // Told of after the database, whose failure is first, and heard of by nobody then.
  building.catch(() => undefined);
  const database = await openLocalDatabase(choiceOf(flags, variables));
  const worker = await building;
  const options = withVariables(worker.options, database.variables);
  const runner = await startRunner(flags, options, database.stop);
  startCrons({ expressions: worker.crons, run: runner.dispatchCron, report: console.error });

  console.log(`Headcount listens on ${runner.url}`);
  console.log(`  demo       ${runner.url}/demo`);
  console.log(`  health     ${runner.url}/healthz`);
  console.log(`  database   ${database.description}`);
  console.log(`  state      ${flags.state}`);
  console.log(`  ADMIN_KEY  in ${flags.secrets}`);
  await startDemoStreams({
    url: runner.url,
    adminKey: variables.ADMIN_KEY ?? "",
    patienceMs: DEMO_PATIENCE_MS,
    log: console.log,
  });
};
