/**
 * `npm run dev`: the Worker under `wrangler dev`, built anew on every change, on the state of `npm start`.
 * Crons come when asked for: `/cdn-cgi/handler/scheduled?cron=…`. Flags that are not ours go to wrangler.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startDemoStreams } from "./run/demo-streams.ts";
import { DEFAULT_SECRETS, type Flags, parseFlags, ROOT, runCommand } from "./run/flags.ts";
import { type LocalStores, openLocalStores } from "./run/local-stores.ts";
import { newestKey } from "./run/newest-key.ts";
import { ensureSecrets, readVariables } from "./run/secrets.ts";
import { lockState } from "./run/state-lock.ts";
import { WRANGLER, WRANGLER_ENV } from "./run/wrangler.ts";

const argsOf = (
  { host, port, state, secrets }: Flags,
  { variables }: LocalStores,
): readonly string[] => [
  ...["dev", "--test-scheduled", "--ip", host, "--port", `${port}`, "--persist-to", state],
  // The default file is read without being told, and watched.
  ...(secrets === DEFAULT_SECRETS ? [] : ["--env-file", secrets]),
  ...Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
];

/** It bundles first, and says itself when it listens. */
const DEMO_PATIENCE_MS = 60_000;

await runCommand(async () => {
  const { flags, rest } = parseFlags(process.argv.slice(2));
  lockState(flags.state);
  const made = ensureSecrets(flags.secrets);
  if (made.length > 0) console.log(`Made ${made.join(" and ")} in ${flags.secrets}`);
  const variables = readVariables(flags.secrets);
  const stores = await openLocalStores(flags, variables);

  const wrangler = spawn(process.execPath, [WRANGLER, ...argsOf(flags, stores), ...rest], {
    cwd: ROOT,
    env: { ...process.env, ...WRANGLER_ENV },
    stdio: "inherit",
  });
  // Ctrl-C reaches wrangler by itself; what comes to us alone is passed on, and its end is ours.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => wrangler.kill("SIGTERM"));
  void startDemoStreams({
    url: `http://${flags.host}:${flags.port}`,
    adminKey: newestKey(variables.ADMIN_KEY ?? ""),
    patienceMs: DEMO_PATIENCE_MS,
    log: console.log,
  });
  const [code] = await once(wrangler, "exit");
  await stores.stop();
  process.exit(typeof code === "number" ? code : 0);
});
