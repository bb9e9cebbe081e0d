/**
 * The Worker of `npm run bench -- correct`: the Corrector as it is, a Tally that only plays its part, and beside them the
 * loop that a script would be.
 */
import { DurableObject } from "cloudflare:workers";
import { Corrector as HourCorrector } from "../durable-objects/corrector.ts";
import { gunzipLines } from "../src/adapters/r2/gzip-lines.ts";
import { HOUR_MS } from "../src/core/limits.ts";
import type { UncheckedEnv } from "../src/env.ts";
import type {
  ArchivedObject,
  CorrectableHour,
  FinaliseAnswer,
  FinaliseRequest,
  SealAnswer,
  TallyCorrectionRpc,
} from "../src/protocol/correction-rpc.ts";
import { cellWeight } from "./correct-events.ts";
import type {
  BareOrder,
  BareWay,
  HourOrder,
  Progress,
  Reads,
  Saved,
  TallyFindings,
} from "./correct-shapes.ts";

/** Notes when it asks for its objects. */
export class Corrector extends HourCorrector {
  readonly #reads: Reads;

  constructor(ctx: DurableObjectState, env: UncheckedEnv & BenchEnv) {
    const reads = { count: 0, firstAt: 0, lastAt: 0 };
    super(ctx, { ...env, RAW_LOG: watched(env.RAW_LOG, reads) });
    this.#reads = reads;
  }

  async reads(): Promise<Reads> {
    return this.#reads;
  }
}

const watched = (
  bucket: R2Bucket,
  reads: { -readonly [key in keyof Reads]: Reads[key] },
): R2Bucket =>
  new Proxy(bucket, {
    get(target, property) {
      if (property !== "get") return Reflect.get(target, property, target);
      return (name: string) => {
        reads.lastAt = Date.now();
        if (reads.count === 0) reads.firstAt = reads.lastAt;
        reads.count += 1;
        return target.get(name);
      };
    },
  });

/** Knows one hour and which objects it has, and adds up what it is told of it. */
export class Tally extends DurableObject implements TallyCorrectionRpc {
  readonly #kv = this.ctx.storage.kv;

  async begin(order: HourOrder): Promise<void> {
    this.#kv.put("order", order);
    this.#save({ startedAt: Date.now(), cells: 0, views: 0, weight: 0 });
  }

  async findings(): Promise<TallyFindings> {
    return (
      this.#kv.get<TallyFindings>("findings") ?? { startedAt: 0, cells: 0, views: 0, weight: 0 }
    );
  }

  async hours(): Promise<readonly CorrectableHour[]> {
    return [{ hour: this.#order().hour, dirty: true }];
  }

  async seal(): Promise<SealAnswer> {
    return { status: "sealed", through: 1, objects: this.#order().objects, views: 0 };
  }

  async finalise({ cells }: FinaliseRequest): Promise<FinaliseAnswer> {
    const findings = await this.findings();
    let { cells: changed, views, weight } = findings;
    for (const [content, count] of cells) {
      changed += 1;
      views += count;
      weight += count * cellWeight(content);
    }
    this.#save({ finalisedAt: Date.now(), ...findings, cells: changed, views, weight });
    return { status: "done", changed, dirty: false };
  }

  async leave(): Promise<void> {
    this.#save({ ...(await this.findings()), endedAt: Date.now() });
  }

  async rollUp(): Promise<{ readonly rows: number }> {
    await this.leave();
    return { rows: 0 };
  }

  #order(): HourOrder {
    return this.#kv.get<HourOrder>("order") ?? { hour: 0, objects: [] };
  }

  #save(findings: TallyFindings): void {
    this.#kv.put("findings", findings);
  }
}

interface BenchEnv extends Omit<UncheckedEnv, "CORRECTORS" | "TALLIES" | "DB" | "RAW_LOG"> {
  readonly CORRECTORS: { getByName(name: string): Corrector };
  readonly TALLIES: { getByName(name: string): Tally };
  readonly DB: D1Database;
  readonly RAW_LOG: R2Bucket;
}

export default {
  async fetch(request: Request, env: BenchEnv): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const tally = env.TALLIES.getByName("tally:0");
    const corrector = env.CORRECTORS.getByName("corrector:0");
    switch (`${request.method} ${pathname}`) {
      case "POST /statement":
        await env.DB.prepare(await request.text()).run();
        return Response.json({});
      case "PUT /object":
        await env.RAW_LOG.put(searchParams.get("name") ?? "", await request.arrayBuffer());
        return Response.json({});
      case "POST /correct": {
        const order: HourOrder = await request.json();
        const { hour } = order;
        await tally.begin(order);
        const to = hour + HOUR_MS;
        return Response.json(
          await corrector.correct({ kind: "hours", from: hour, to, reason: "manual" }),
        );
      }
      case "GET /progress": {
        const { failure } = await corrector.status();
        const [findings, reads] = [await tally.findings(), await corrector.reads()];
        return Response.json({ failure, findings, reads } satisfies Progress);
      }
      case "GET /saved":
        return Response.json(await saved(env.DB));
      case "POST /bare": {
        const { objects, way }: BareOrder = await request.json();
        return bare(env.RAW_LOG, objects, way);
      }
      default:
        return new Response("ready");
    }
  },
};

const saved = async (database: D1Database): Promise<Saved> => {
  const sum = async (query: string): Promise<number> =>
    (await database.prepare(query).first<number>("sum")) ?? 0;
  const run = await database
    .prepare('SELECT outcome, views_after AS "after", detail FROM correction_runs')
    .first<Saved["run"]>();
  return {
    uniques: await sum("SELECT SUM(uniques) AS sum FROM view_uniques"),
    regions: await sum(`SELECT SUM(views) AS sum FROM view_regions
      JOIN view_uniques USING (content_id, day, shard_id, stamp)`),
    run: run ?? { outcome: "not recorded", after: 0, detail: "{}" },
  };
};

/** A blank goes out for each object: nobody waits minutes for the first byte. */
const bare = (bucket: R2Bucket, objects: readonly ArchivedObject[], way: BareWay): Response => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const out = writable.getWriter();
  const encoder = new TextEncoder();
  const work = async (): Promise<void> => {
    const startedAt = Date.now();
    const counts = new Map<string, number>();
    let lines = 0;
    for (const { name } of objects) {
      lines += await countObject(bucket, name, counts, WAYS[way]);
      await out.write(encoder.encode(" "));
    }
    let views = 0;
    for (const count of counts.values()) views += count;
    const ms = Date.now() - startedAt;
    await out.write(encoder.encode(JSON.stringify({ lines, views, ms })));
    await out.close();
  };
  work().catch((cause: unknown) => out.abort(cause));
  return new Response(readable);
};

/** What of a record such a script looks at. */
interface Parsed {
  readonly content: string;
  readonly counted: boolean;
}

const countObject = async (
  bucket: R2Bucket,
  name: string,
  counts: Map<string, number>,
  linesOf: LinesOf,
): Promise<number> => {
  const object = await bucket.get(name);
  if (object === null) throw new Error(`there is no object "${name}"`);
  let lines = 0;
  for await (const some of linesOf(object.body)) {
    lines += some.length;
    for (const line of some) {
      const { content, counted } = JSON.parse(line) as Parsed;
      if (counted) counts.set(content, (counts.get(content) ?? 0) + 1);
    }
  }
  return lines;
};

type LinesOf = (gzip: ReadableStream<Uint8Array>) => AsyncIterable<readonly string[]>;

/** As anyone would write it: the runtime gives 4 KB at a time. */
async function* linesOfPipe(gzip: ReadableStream<Uint8Array>): AsyncGenerator<readonly string[]> {
  let rest = "";
  const inflated = gzip.pipeThrough(new DecompressionStream("gzip"));
  for await (const piece of inflated.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield lines;
  }
}

const WAYS: Readonly<Record<BareWay, LinesOf>> = {
  pipe: linesOfPipe,
  pieces: (gzip) => gunzipLines(gzip, (piece) => piece),
};
