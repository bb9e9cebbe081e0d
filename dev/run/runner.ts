/** Miniflare with a Worker in it, from the first listen to a clean end. */
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  Miniflare,
  MiniflareCoreError,
  type V4WorkerOptions,
} from "miniflare";
import { Failure, type Flags } from "./flags.ts";
import { runtimeFilesIn } from "./state-files.ts";
import { watchWorkerd } from "./workerd.ts";

export interface Runner {
  /** Without a slash at its end. */
  readonly url: string;
  /** @throws when the Worker's handler threw */
  dispatchCron(expression: string, scheduledAt: Date): Promise<void>;
}

/** Where everyone is: nobody can be located here, and `LOC` names the objects near them. */
const CF = { colo: "LOC", country: "XX" };

/**
 * @param atEnd runs when the Worker has ended
 * @throws Failure when the port is taken
 */
export const startRunner = async (
  flags: Flags,
  worker: V4WorkerOptions,
  atEnd: () => Promise<void>,
): Promise<Runner> => {
  let ending = false;
  let disposed: Promise<void> | undefined;
  const dispose = () => {
    disposed ??= miniflare.dispose();
    return disposed;
  };
  const workerd = watchWorkerd(() => {
    if (ending) void dispose();
  });
  const miniflare = new Miniflare(optionsOf(flags, worker));
  const end = async (): Promise<void> => {
    if (ending) process.exit(1);
    ending = true;
    await workerd.drain();
    await dispose();
    await atEnd();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Miniflare's own would end the process at once, with 128 and the signal's number.
    process.removeAllListeners(signal);
    process.on(signal, end);
  }
  return {
    url: await urlOf(miniflare, flags),
    async dispatchCron(cron, scheduledTime) {
      const fetcher = await miniflare.getWorker();
      const { outcome } = await fetcher.scheduled({ cron, scheduledTime });
      if (outcome !== "ok") throw new Error(outcome);
    },
  };
};

/**
 * The port is that of Miniflare's entry Worker. Its direct socket answers about twice as many requests (9-18 k against
 * 3-6 k a second of `/healthz` with 32 connections), but tells the Worker neither who connects nor `request.cf`:
 * everyone with the same browser would be one visitor.
 */
const optionsOf = (flags: Flags, worker: V4WorkerOptions) =>
  convertV4MiniflareOptions({
    host: flags.host,
    port: flags.port,
    cf: CF,
    resourcePersistencePath: runtimeFilesIn(flags.state),
    log: new RunnerLog(LogLevel.WARN),
    logRequests: false,
    handleStructuredLogs: ({ level, message }) =>
      level === "error" || level === "warn" ? console.error(message) : console.log(message),
    unsafeHandleRuntimeRestart: () => console.error("The runtime is back"),
    workers: [worker],
  });

/** Miniflare brings a dead runtime back by itself, and says so; without one there is nothing left to run. */
class RunnerLog extends Log {
  override error(error: Error): void {
    super.error(error);
    if (error instanceof MiniflareCoreError && error.code === "ERR_RUNTIME_FAILURE") {
      process.exit(1);
    }
  }
}

const urlOf = async (miniflare: Miniflare, { host, port }: Flags): Promise<string> => {
  try {
    return (await miniflare.ready).origin;
  } catch (cause) {
    if (!(cause instanceof MiniflareCoreError) || cause.code !== "ERR_ADDRESS_IN_USE") throw cause;
    throw new Failure(
      `Port ${port} of ${host} is taken; end what listens there, or choose another with --port`,
    );
  }
};
