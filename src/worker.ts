import { composeWorker } from "./compose.ts";
import { runCron } from "./cron.ts";
import type { UncheckedEnv } from "./env.ts";
import { makeApp } from "./http/app.ts";
import type { Composed } from "./services.ts";

export { Collector } from "../durable-objects/collector.ts";
export { Corrector } from "../durable-objects/corrector.ts";
export { NetworkCaps } from "../durable-objects/network-caps.ts";
export { Rankings } from "../durable-objects/rankings.ts";
export { Room } from "../durable-objects/room.ts";
export { Salts } from "../durable-objects/salts.ts";
export { Tally } from "../durable-objects/tally.ts";
export { ViewRankings } from "../durable-objects/view-rankings.ts";

const composed = new WeakMap<UncheckedEnv, Composed>();

/** Once an isolate, which sees one `env`. */
const compose = (env: UncheckedEnv): Composed => {
  let it = composed.get(env);
  if (it === undefined) {
    it = composeWorker(env);
    composed.set(env, it);
  }
  return it;
};

const app = makeApp(compose);

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  scheduled: (controller, env) => runCron(controller.cron, compose(env)),
} satisfies ExportedHandler<UncheckedEnv>;
