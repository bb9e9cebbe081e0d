/** The product on workerd with one live stream. */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startLiveStream } from "../dev/live-stream.ts";
import { bundleForWorkerd } from "../dev/raw-workerd.ts";
import { SERVER_CORE, type Server, startWorkerd } from "./workerd.ts";

export interface LiveServer extends Server {
  readonly socketUrl: string;
  /** Asks the room. */
  readonly numbersUrl: string;
}

const STREAM = "bench";

export const startLiveServer = async (
  directory: string,
  port: number,
  databaseUrl: string,
): Promise<LiveServer> => {
  const stateDirectory = join(directory, "state");
  mkdirSync(stateDirectory, { recursive: true });
  const adminKey = randomBytes(24).toString("base64url");
  const secrets = {
    ...{ DATABASE: "mysql", DATABASE_URL: databaseUrl },
    ...{ TOKEN_KEYS: `k1:${randomBytes(32).toString("base64url")}`, ADMIN_KEY: adminKey },
  };
  const wranglerFile = "wrangler.toml";
  bundleForWorkerd({ wranglerFile, directory, stateDirectory, port, secrets });
  const server = await startWorkerd(directory, port, SERVER_CORE, "/readyz");
  const origin = `http://127.0.0.1:${port}`;
  await startLiveStream({ url: origin, adminKey, stream: STREAM });
  return {
    ...server,
    socketUrl: `ws://127.0.0.1:${port}/v1/streams/${STREAM}/live`,
    numbersUrl: `${origin}/v1/streams/${STREAM}?consistency=strong`,
  };
};
