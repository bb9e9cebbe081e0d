/** A Worker bundled by wrangler and a config that serves it on workerd alone, both made from the wrangler file. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_readConfig, type Unstable_Config as WranglerConfig } from "wrangler";

export interface BundleRequest {
  readonly wranglerFile: string;
  /** Module of another Worker than the file's own. */
  readonly entry?: string;
  /** Where bundle and config go. */
  readonly directory: string;
  /** Where the objects keep their SQLite files; it exists. */
  readonly stateDirectory: string;
  readonly port: number;
  readonly secrets: Readonly<Record<string, string>>;
}

/** There is no D1 on workerd alone: whoever is given this database has one that is empty and stays so. */
export const NO_DATABASE = {
  DATABASE: "mysql",
  DATABASE_URL: "http://nobody:nowhere@127.0.0.1:9",
} as const;

/** Nor is there R2: `empty-stores.js` plays both. */
const EMPTY_STORES = "empty-stores";
/** In a folder of its own: it is no module of the Worker. */
const EMPTY_STORES_FILE = join(EMPTY_STORES, "worker.js");

export const CONFIG_FILE = "config.capnp";

/** @returns the variables of the Worker */
export const bundleForWorkerd = (request: BundleRequest): Readonly<Record<string, unknown>> => {
  const { wranglerFile, entry, directory, secrets } = request;
  const config = unstable_readConfig({ config: wranglerFile });
  const args = [
    "deploy",
    ...(entry === undefined ? [] : [entry]),
    "--dry-run",
    "--config",
    wranglerFile,
    "--outdir",
    directory,
  ];
  execFileSync("wrangler", args, { stdio: "pipe" });
  const bindings = [
    ...Object.entries({ ...config.vars, ...secrets }).map(
      ([name, value]) => `(name = ${text(name)}, text = ${text(`${value}`)})`,
    ),
    ...config.durable_objects.bindings.map(
      ({ name, class_name }: { name: string; class_name: string }) =>
        `(name = ${text(name)}, durableObjectNamespace = ${text(class_name)})`,
    ),
    ...config.r2_buckets.map(
      ({ binding }: { binding: string }) =>
        `(name = ${text(binding)}, r2Bucket = ${text(EMPTY_STORES)})`,
    ),
  ];
  mkdirSync(join(directory, EMPTY_STORES), { recursive: true });
  copyFileSync(join(import.meta.dirname, "empty-stores.js"), join(directory, EMPTY_STORES_FILE));
  writeFileSync(join(directory, CONFIG_FILE), configText(request, config, bindings));
  return config.vars;
};

const configText = (
  { directory, stateDirectory, port, secrets }: BundleRequest,
  config: WranglerConfig,
  bindings: readonly string[],
): string => `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    # Else it reaches public addresses only, and a gateway on this machine not.
    (name = "internet", network = (allow = ["public", "private"])),
    (name = ${text(EMPTY_STORES)}, worker = .emptyStores),
    (name = "state", disk = (path = ${text(stateDirectory)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [${modulesOf(directory).join(", ")}],
  compatibilityDate = ${text(config.compatibility_date ?? "")},
  compatibilityFlags = [${config.compatibility_flags.map(text).join(", ")}],
  bindings = [${bindings.join(", ")}],
  durableObjectNamespaces = [${objectsOf(config).join(", ")}],
  durableObjectStorage = (localDisk = "state"),
  globalOutbound = ${text(hasServers(secrets) ? "internet" : EMPTY_STORES)},
);

const emptyStores :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${text(EMPTY_STORES_FILE)})],
  compatibilityDate = ${text(config.compatibility_date ?? "")},
);
`;

/** Without a server to speak to, whoever would is answered at once. */
const hasServers = ({ DATABASE_URL, UPSTASH_REDIS_REST_URL }: BundleRequest["secrets"]): boolean =>
  DATABASE_URL !== NO_DATABASE.DATABASE_URL || UPSTASH_REDIS_REST_URL !== undefined;

/** The entry first, as workerd wants it; what is no script is text that it imports. */
const modulesOf = (directory: string): readonly string[] => {
  const files = readdirSync(directory).filter((file) => /\.(?:js|html|txt)$/.test(file));
  const entries = files.filter((file) => file.endsWith(".js"));
  const texts = files.filter((file) => !file.endsWith(".js"));
  return [
    ...entries.map((file) => `(name = ${text(file)}, esModule = embed ${text(file)})`),
    ...texts.map((file) => `(name = ${text(`./${file}`)}, text = embed ${text(file)})`),
  ];
};

const objectsOf = (config: WranglerConfig): readonly string[] =>
  config.durable_objects.bindings.map(
    ({ class_name }) =>
      `(className = ${text(class_name)}, uniqueKey = ${text(class_name)}, enableSql = true)`,
  );

const text = (value: string): string => JSON.stringify(value);
