/** The gateway in a thread of its own: what a proof does besides holds up no call of the service. */
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { startUpstashGateway } from "../../upstash-gateway/gateway.ts";
import { Calls, type CallsSummary } from "./calls.ts";

export interface ThreadOptions {
  readonly socketPath: string;
  readonly token: string;
}

export interface GatewayThread {
  readonly url: string;
  /** What Redis was asked to do since the last time. */
  takeCalls(): Promise<CallsSummary>;
  close(): Promise<void>;
}

export const startGatewayThread = async (options: ThreadOptions): Promise<GatewayThread> => {
  const worker = new Worker(new URL(import.meta.url), { workerData: options });
  const [url] = (await once(worker, "message")) as [string];
  return {
    url,
    takeCalls: async () => {
      const answer = once(worker, "message");
      worker.postMessage("take");
      const [calls] = (await answer) as [CallsSummary];
      return calls;
    },
    close: async () => {
      await worker.terminate();
    },
  };
};

/** In the thread. */
const serve = async ({ socketPath, token }: ThreadOptions): Promise<void> => {
  const calls = new Calls();
  const redis = { socketPath };
  const gateway = await startUpstashGateway({ redis, port: 0, token, onRequest: calls.note });
  parentPort?.on("message", () => parentPort?.postMessage(calls.take()));
  parentPort?.postMessage(gateway.url);
};

if (!isMainThread && parentPort !== null && isThreadOptions(workerData)) await serve(workerData);

/** A thread of somebody else's, as those of a test runner, that merely reads this file starts nothing. */
function isThreadOptions(data: unknown): data is ThreadOptions {
  return typeof data === "object" && data !== null && "socketPath" in data && "token" in data;
}
