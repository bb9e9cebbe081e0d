/** What every benchmark stands on: the floor and the product beside each other, and the flags they have in common. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startBenchWorker } from "./bench-worker.ts";
import { type HeadcountServer, startHeadcount } from "./headcount-server.ts";
import { CLIENT_CORE, pin, SERVER_CORE, type Server } from "./workerd.ts";

export interface BenchFlags {
  readonly rounds: number;
  readonly seconds: number;
  readonly port: number;
  readonly write: boolean;
}

export const benchFlags = (
  args: readonly string[],
  otherwise: { readonly seconds: string; readonly port: string },
): BenchFlags => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: otherwise.seconds },
      port: { type: "string", default: otherwise.port },
      write: { type: "boolean", default: false },
    },
  });
  const { rounds, seconds, port, write } = values;
  return { rounds: Number(rounds), seconds: Number(seconds), port: Number(port), write };
};

/** Keeps this process off the servers' core. */
export const pinClient = (): void => pin(process.pid, CLIENT_CORE);

/** Runs `work` with both servers new and their storage empty, and ends them whatever happens. */
export const withPair = async <T>(
  port: number,
  work: (bare: Server, headcount: HeadcountServer) => Promise<T>,
): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-bench-"));
  const running: { stop(): Promise<void> }[] = [];
  try {
    const bare = await startBenchWorker({
      ...{ file: "bare-hono.ts", directory: join(directory, "bare") },
      ...{ port, core: SERVER_CORE },
    });
    running.push(bare);
    const headcount = await startHeadcount(join(directory, "headcount"), port + 1, SERVER_CORE);
    running.push(headcount);
    return await work(bare, headcount);
  } finally {
    for (const server of running) await server.stop();
    rmSync(directory, { recursive: true });
  }
};
