/** The Worker on a workerd of its own, as it runs in production: no runner and no proxy between it and the sockets. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { unstable_readConfig } from "wrangler";

export interface RunningWorker {
  readonly port: number;
  readonly variables: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

interface ObjectBinding {
  readonly name: string;
  readonly class_name: string;
}

const WORKERD = "workerd";
const WRANGLER_FILE = "wrangler.toml";
const OUTPUT_CHARS = 4_000;
const START_DEADLINE_MS = 30_000;

/** @param entry file of the Worker */
export const startWorker = async (
  entry: URL,
  secrets: Readonly<Record<string, string>>,
): Promise<RunningWorker> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-test-"));
  const state = join(directory, "state");
  const bundle = join(directory, "bundle");
  mkdirSync(state);
  const bundling = [
    "deploy",
    fileURLToPath(entry),
    "--dry-run",
    "--config",
    WRANGLER_FILE,
    "--outdir",
    bundle,
  ];
  execFileSync("wrangler", bundling, { stdio: "pipe" });
  const config = unstable_readConfig({ config: WRANGLER_FILE });
  const port = await freePort();
  const bindings = { ...config.vars, ...secrets };
  const classes: readonly ObjectBinding[] = config.durable_objects.bindings;
  const file = join(bundle, "config.capnp");
  writeFileSync(
    file,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "state", disk = (path = ${text(state)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [${modulesIn(bundle).join(", ")}],
  compatibilityDate = ${text(config.compatibility_date ?? "")},
  bindings = [${[
    ...Object.entries(bindings).map(
      ([name, value]) => `(name = ${text(name)}, text = ${text(`${value}`)})`,
    ),
    ...classes.map(
      ({ name, class_name }) =>
        `(name = ${text(name)}, durableObjectNamespace = ${text(class_name)})`,
    ),
  ].join(", ")}],
  durableObjectNamespaces = [${classes
    .map(
      ({ class_name: it }) =>
        `(className = ${text(it)}, uniqueKey = ${text(it)}, enableSql = true)`,
    )
    .join(", ")}],
  durableObjectStorage = (localDisk = "state"),
);
`,
  );
  const child = spawn(WORKERD, ["serve", "--experimental", file]);
  await untilAlive(child, port);
  return {
    port,
    variables: config.vars,
    async stop() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

/** The entry first: workerd takes the first module for the main one. */
const modulesIn = (bundle: string): readonly string[] => {
  const files = readdirSync(bundle);
  const scripts = files.filter((file) => file.endsWith(".js"));
  const pages = files.filter((file) => /\.(?:html|txt)$/.test(file));
  return [
    ...scripts.map((file) => `(name = ${text(file)}, esModule = embed ${text(file)})`),
    ...pages.map((file) => `(name = ${text(`./${file}`)}, text = embed ${text(file)})`),
  ];
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

const text = (value: string): string => JSON.stringify(value);
