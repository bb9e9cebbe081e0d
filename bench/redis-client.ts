/** The Worker of the benchmarks of the read model: it publishes as Tallies do and reads the live list, by the adapter. */
import { redisReadModel } from "../src/adapters/redis/read-model.ts";
import { systemClock, systemRandom } from "../src/adapters/runtime/runtime.ts";
import { RANKING_DEFAULT_STREAMS, RANKING_MAX_STREAMS } from "../src/core/limits.ts";
import type { ReadModel, ReadModelWriter } from "../src/ports/read-model.ts";
import { type PublishWork, publishCalls, SCHEDULE } from "./publish-work.ts";

interface BenchEnv {
  readonly UPSTASH_REDIS_REST_URL: string;
  readonly UPSTASH_REDIS_REST_TOKEN: string;
}

/** One for all requests, as the product has it. */
let model: (ReadModel & ReadModelWriter) | undefined;

const open = ({ UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token }: BenchEnv) =>
  redisReadModel({ url, token }, { schedule: SCHEDULE, clock: systemClock, random: systemRandom });

export default {
  async fetch(request: Request, env: BenchEnv): Promise<Response> {
    model ??= open(env);
    if (request.method === "POST") {
      const work = (await request.json()) as PublishWork;
      for (const parts of publishCalls(work)) await model.publishCounts(parts);
      return new Response("done");
    }
    if (new URL(request.url).pathname !== "/live") return new Response("ready");
    const { asOf, streams } = await model.live(RANKING_MAX_STREAMS);
    return Response.json({ asOf, streams: streams.slice(0, RANKING_DEFAULT_STREAMS) });
  },
};
