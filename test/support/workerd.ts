/** The Worker on a workerd of its own, as it runs in production: no runner and no proxy between it and the sockets. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bundleForWorkerd, CONFIG_FILE, NO_DATABASE } from "../../dev/raw-workerd.ts";

export interface RunningWorker {
  readonly port: number;
  readonly variables: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

const OUTPUT_CHARS = 4_000;
const START_DEADLINE_MS = 30_000;

/** @param entry file of the Worker */
export const startWorker = async (
  entry: URL,
  secrets: Readonly<Record<string, string>>,
): Promise<RunningWorker> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-test-"));
  const stateDirectory = join(directory, "state");
  mkdirSync(stateDirectory);
  const port = await freePort();
  const variables = bundleForWorkerd({
    wranglerFile: "wrangler.toml",
    entry: fileURLToPath(entry),
    directory,
    stateDirectory,
    port,
    // Whoever asks here asks a thousand times from one network.
    secrets: { ...NO_DATABASE, LIMITS: "off", ...secrets },
  });
  const child = spawn("workerd", ["serve", "--experimental", join(directory, CONFIG_FILE)]);
  await untilAlive(child, port);
  return {
    port,
    variables,
    async stop() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

/** Its output is shown only if it does not start. */
const untilAlive = async (child: ChildProcessWithoutNullStreams, port: number): Promise<void> => {
  let output = "";
  child.stdout.resume();
  child.stderr.on("data", (part: Buffer) => {
    output = `${output}${part}`.slice(-OUTPUT_CHARS);
  });
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error(`workerd did not start: ${output}`);
};
