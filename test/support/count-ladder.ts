import { CountReader } from "../../src/app/views/read-counts.ts";
import { type ContentId, contentId } from "../../src/core/ids.ts";
import { stamp } from "../../src/core/stamp.ts";
import { homesOf, type ShardSchedule } from "../../src/core/views/shards.ts";
import type { TotalRecord } from "../../src/ports/database.ts";
import { type ContentCount, type CountPart, ReadModelError } from "../../src/ports/read-model.ts";
import { HandTime, settled } from "./hand-time.ts";
import { NotedLog } from "./noted-log.ts";
import { readersOf } from "./read-tables.ts";

export const content = (text: string): ContentId => {
  const id = contentId(text);
  if (id === undefined) throw new Error(`"${text}" is no content id`);
  return id;
};

/** A reader of counts over rungs that do as they are told. */
export class CountLadder {
  readonly time = new HandTime();
  readonly log = new NotedLog();
  /** Calls that reached a rung, as `rung:contents`. */
  readonly calls: string[] = [];
  readonly published = new Map<ContentId, ContentCount>();
  /** What the Tallies have, by content and shard; 0 where there is nothing. */
  readonly counted = new Map<string, number>();
  readonly saved: TotalRecord[] = [];
  readonly filled: (readonly CountPart[])[] = [];
  readonly background: Promise<void>[] = [];
  /** Rungs, and `fill`; `hanging` ones never answer. */
  readonly down = new Set<string>();
  flushedAt = this.time.now();
  readonly schedule: ShardSchedule;
  readonly reader: CountReader;

  constructor(schedule: ShardSchedule, withReadModel: boolean) {
    this.schedule = schedule;
    this.reader = new CountReader({
      schedule,
      clock: this.time,
      timers: this.time,
      log: this.log,
      published: withReadModel ? this.#readModel() : undefined,
      writer: withReadModel ? this.#writer() : undefined,
      objects: { countParts: (contents) => this.#countParts(contents) },
      readers: readersOf({
        jobs: { lastWhole: async () => this.#flush() },
        counts: {
          totals: async (contents) => {
            await this.#reach("database", contents);
            return this.saved.filter((row) => contents.includes(row.content));
          },
        },
      }),
    });
  }

  read(...contents: readonly ContentId[]) {
    return this.reader.read(contents, (work) => this.background.push(work));
  }

  /** Of one content, without its name. */
  async readOne(one: ContentId) {
    const [count] = (await this.read(one)).counts;
    return count;
  }

  count(one: ContentId, views: number, shard = homesOf(this.schedule, one)[0]): void {
    this.counted.set(`${one}/${shard}`, views);
  }

  save(one: ContentId, published: number): void {
    const zeros = { closed: 0, closedThrough: 0, start: 0, restated: 0 };
    this.saved.push({ content: one, shard: 0, published, ...zeros, stamp: stamp(1, 1) });
  }

  #readModel() {
    return {
      counts: async (contents: readonly ContentId[]) => {
        await this.#reach("readmodel", contents);
        return new Map([...this.published].filter(([one]) => contents.includes(one)));
      },
    };
  }

  #writer() {
    return {
      publishCounts: async (parts: readonly CountPart[]) => {
        this.filled.push(parts);
        await settled();
        if (this.down.has("fill")) throw new ReadModelError("no");
        return { incarnation: "1", had: undefined };
      },
    };
  }

  async #countParts(contents: readonly ContentId[]): Promise<readonly CountPart[]> {
    await this.#reach("tally", contents).catch(() => undefined);
    if (this.down.has("tally")) return [];
    return contents.flatMap((one) =>
      homesOf(this.schedule, one).map((shard) => ({
        content: one,
        shard,
        views: this.counted.get(`${one}/${shard}`) ?? 0,
        stamp: stamp(1, 1),
        asOf: this.time.now(),
      })),
    );
  }

  #flush() {
    const run = { durationMs: 1, rows: 1, statements: 1, failures: 0, detail: "" };
    return { id: "1", job: "flush", startedAt: this.flushedAt, ...run };
  }

  async #reach(
    rung: "readmodel" | "tally" | "database",
    contents: readonly ContentId[],
  ): Promise<void> {
    this.calls.push(`${rung}:${contents.join()}`);
    await settled();
    if (this.down.has(`hanging ${rung}`)) await new Promise(() => undefined);
    if (this.down.has(rung)) throw new ReadModelError("away");
  }
}
