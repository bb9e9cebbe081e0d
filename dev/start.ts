/** `npm start`: the Worker on this machine, with everything on disk. */
import { join } from "node:path";
import { buildWorker, withVariables } from "./run/build.ts";
import { startCrons } from "./run/crons.ts";
import { startDemoStreams } from "./run/demo-streams.ts";
import { parseOnlyFlags, runCommand } from "./run/flags.ts";
import { choiceOf, openLocalDatabase } from "./run/local-database.ts";
import { startRunner } from "./run/runner.ts";
import { ensureSecrets, readVariables } from "./run/secrets.ts";
import { lockState } from "./run/state-lock.ts";

const DEMO_PATIENCE_MS = 10_000;

await runCommand(async () => {
  const flags = parseOnlyFlags(process.argv.slice(2));
  lockState(flags.state);
  const made = ensureSecrets(flags.secrets);
  if (made.length > 0) console.log(`Made ${made.join(" and ")} in ${flags.secrets}`);
  const variables = readVariables(flags.secrets);
  const building = buildWorker(join(flags.state, "build"), flags.secrets);
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
});
