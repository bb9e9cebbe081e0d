/**
 * The Worker of `npm run prove -- drill`: the one that is deployed, and beside it a door through which its objects are
 * struck. It listens on this machine alone, and nobody deploys it.
 */
import { Rankings as LiveList } from "../../../durable-objects/rankings.ts";
import { Room as StreamRoom } from "../../../durable-objects/room.ts";
import type { UncheckedEnv } from "../../../src/env.ts";
import type { RankingsRpc, RoomRpc } from "../../../src/protocol/room-rpc.ts";
import worker from "../../../src/worker.ts";
import { type Blow, DOOR } from "./blows.ts";

export { Collector } from "../../../durable-objects/collector.ts";
export { Corrector } from "../../../durable-objects/corrector.ts";
export { NetworkCaps } from "../../../durable-objects/network-caps.ts";
export { Salts } from "../../../durable-objects/salts.ts";
export { Tally } from "../../../durable-objects/tally.ts";
export { ViewRankings } from "../../../durable-objects/view-rankings.ts";

interface Struck {
  /** Another one for each instance. */
  instance(): Promise<string>;
  /** Ends the instance; the caller gets an error. */
  strike(): Promise<void>;
}

interface DrillEnv extends Omit<UncheckedEnv, "ROOMS" | "RANKINGS"> {
  readonly ROOMS: { getByName(name: string): RoomRpc & Struck };
  readonly RANKINGS: { getByName(name: string): RankingsRpc & Struck };
}

export class Room extends StreamRoom implements Struck {
  readonly #instance = crypto.randomUUID();

  async instance(): Promise<string> {
    return this.#instance;
  }

  async strike(): Promise<void> {
    this.ctx.abort("struck by the drill");
  }
}

/** Loses what it has stored with its instance. */
export class Rankings extends LiveList implements Struck {
  readonly #instance = crypto.randomUUID();

  async instance(): Promise<string> {
    return this.#instance;
  }

  async strike(): Promise<void> {
    await this.ctx.blockConcurrencyWhile(async () => {
      await this.ctx.storage.deleteAll();
      await this.ctx.storage.sync();
    });
    this.ctx.abort("wiped by the drill");
  }
}

const LIST = "rankings";

/** Of workerd. Its name in a constant: wrangler's bundler looks for what is imported by a literal. */
const UNSAFE = "workerd:unsafe";

interface Unsafe {
  /** Ends the object's instance, and its sockets sleep as after ten idle seconds. */
  evict(stub: object, options: { readonly webSockets: "hibernate" }): Promise<void>;
}

const sleep = async (object: object): Promise<void> => {
  const { default: unsafe }: { readonly default: Unsafe } = await import(UNSAFE);
  await unsafe.evict(object, { webSockets: "hibernate" });
};

const strike = async (env: DrillEnv, blow: Blow, stream: string): Promise<Response> => {
  const object =
    blow === "wipe" ? env.RANKINGS.getByName(LIST) : env.ROOMS.getByName(`room:${stream}`);
  const before = await object.instance();
  if (blow === "sleep") await sleep(object);
  // An instance that ends answers nobody.
  else await object.strike().catch(() => undefined);
  return Response.json({ before });
};

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (!pathname.startsWith(DOOR)) return worker.fetch(request, env, ctx);
    const stream = searchParams.get("stream") ?? "";
    const what = pathname.slice(DOOR.length);
    if (what === "instance") {
      return Response.json({ instance: await env.ROOMS.getByName(`room:${stream}`).instance() });
    }
    if (what !== "sleep" && what !== "abort" && what !== "wipe") {
      return new Response(null, { status: 404 });
    }
    return strike(env, what, stream);
  },
  scheduled: worker.scheduled,
} satisfies ExportedHandler<DrillEnv>;
