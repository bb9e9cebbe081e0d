/** The Worker on this machine, with everything on disk, from the build to the crons. */
import { join } from "node:path";
import { type Build, type BuiltWorker, buildWorker, withVariables } from "./build.ts";
import { startCrons } from "./crons.ts";
import { startDemoStreams } from "./demo-streams.ts";
import type { Flags } from "./flags.ts";
import { type LocalStores, openLocalStores } from "./local-stores.ts";
import { newestKey } from "./newest-key.ts";
import { type Runner, startRunner } from "./runner.ts";
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
  // Told of after the stores, whose failure is first, and heard of by nobody then.
  building.catch(() => undefined);
  const stores = await openLocalStores(flags, variables);
  const runner = await startWith(stores, flags, building).catch(async (cause: unknown) => {
    await stores.stop();
    throw cause;
  });

  console.log(`Headcount listens on ${runner.url}`);
  console.log(`  demo       ${runner.url}/demo`);
  console.log(`  health     ${runner.url}/healthz`);
  console.log(`  database   ${stores.database}`);
  console.log(`  read model ${stores.readModel}`);
  console.log(`  state      ${flags.state}`);
  console.log(`  ADMIN_KEY  in ${flags.secrets}`);
  await startDemoStreams({
    url: runner.url,
    adminKey: newestKey(variables.ADMIN_KEY ?? ""),
    patienceMs: DEMO_PATIENCE_MS,
    log: console.log,
  });
};

const startWith = async (
  stores: LocalStores,
  flags: Flags,
  building: Promise<BuiltWorker>,
): Promise<Runner> => {
  const { options, crons } = await building;
  const runner = await startRunner(flags, withVariables(options, stores.variables), stores.stop);
  startCrons({ expressions: crons, run: runner.dispatchCron, report: console.error });
  return runner;
};
