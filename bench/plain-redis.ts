/**
 * The floor of the benchmarks of the read model, in a process of its own: Node's HTTP server and `@redis/client`, which
 * read and write the same keys of the same Redis over its socket.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connectRedis } from "../dev/redis/connect.ts";
import { countKey, LIVE_KEYS } from "../src/adapters/redis/keys.ts";
import { READ_LIST_LUA } from "../src/adapters/redis/list-script.ts";
import type { ContentId } from "../src/core/ids.ts";
import {
  LIVE_STALE_MS,
  RANKING_DEFAULT_STREAMS,
  RANKING_MAX_STREAMS,
  READ_MODEL_COUNT_LIFE_MS,
} from "../src/core/limits.ts";
import { answerParent } from "./child.ts";
import { homeOf, type PublishWork, publishCalls } from "./publish-work.ts";

const api = {
  /** @returns its port */
  async listen(socketPath: string): Promise<number> {
    const client = await connectRedis(socketPath);
    connected = client;
    const listSha = await client.scriptLoad(READ_LIST_LUA);
    const server = createServer(
      (request, response) => void answer(client, listSha, request, response),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },
  /** A pipeline after another, as large as a Tally's, without asking what is there. */
  async publish(work: PublishWork): Promise<void> {
    if (connected === undefined) throw new Error("there is no connection yet");
    for (const parts of publishCalls(work)) {
      const pipeline = connected.multi();
      for (const { content, shard, views, stamp, asOf } of parts) {
        pipeline.hSet(countKey(content), `${shard}`, `${stamp} ${views} ${asOf}`);
        pipeline.pExpire(countKey(content), READ_MODEL_COUNT_LIFE_MS);
      }
      await pipeline.execAsPipeline();
    }
  },
};

export type PlainRedisApi = typeof api;

type Client = Awaited<ReturnType<typeof connectRedis>>;

let connected: Client | undefined;

const answer = async (
  client: Client,
  listSha: string,
  { url = "/" }: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { pathname, searchParams } = new URL(url, "http://bench");
  const contents = searchParams.getAll("content") as ContentId[];
  let body: unknown;
  if (pathname === "/live") body = await liveList(client, listSha);
  else if (contents.length > 0) body = { counts: await countsOf(client, contents) };
  else body = (await countsOf(client, [pathname.slice("/v1/counts/".length) as ContentId]))[0];
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { "Content-Type": "application/json", "Content-Length": bytes.length };
  response.writeHead(200, headers).end(bytes);
};

/** Commands of one turn of the loop leave together. */
const countsOf = (client: Client, contents: readonly ContentId[]) =>
  Promise.all(
    contents.map(async (content) => {
      const [part] = await client.hmGet(countKey(content), [`${homeOf(content)}`]);
      const [, views, asOf] = part?.split(" ") ?? [];
      return { content, views: Number(views), asOf: Number(asOf), source: "readmodel" };
    }),
  );

const liveList = async (client: Client, listSha: string) => {
  const now = Date.now();
  const { all, entries, born } = LIVE_KEYS;
  const found = await client.evalSha(listSha, {
    keys: [all, entries, born],
    arguments: [`${RANKING_MAX_STREAMS}`, `${now - LIVE_STALE_MS}`],
  });
  const [, ...listed] = found as string[];
  const streams = listed.map((entry): unknown => JSON.parse(entry));
  return { asOf: now, streams: streams.slice(0, RANKING_DEFAULT_STREAMS) };
};

answerParent(api);
