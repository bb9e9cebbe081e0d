import fc from "fast-check";
import { expect, test } from "vitest";
import type { ContentId } from "../../../src/core/ids.ts";
import { VIEW_RANKINGS_SAVE_MS } from "../../../src/core/limits.ts";
import { SLOT_MS } from "../../../src/core/views/slots.ts";
import type { ShardSlots } from "../../../src/protocol/rankings-rpc.ts";
import {
  type Catalogue,
  naiveRanking,
  naiveTelling,
  type Viewed,
} from "../../support/view-rankings-oracle.ts";
import { content, ViewRankingsWorld } from "../../support/view-rankings-world.ts";

const SHARDS = 3;
/** Many more than a list has, so that shards tell less than they know. */
const CONTENTS = 400;
const CATEGORIES = ["x", "y", null] as const;

const idOf = (number: number): ContentId => content(`c${number % CONTENTS}`);

const catalogue: Catalogue = {
  spread: new Set([idOf(0), idOf(1)]),
  categoryOf: (id) => CATEGORIES[Number(id.slice(1)) % CATEGORIES.length] ?? null,
};

const KINDS = {
  /** Some hundred contents in a row are viewed, some of them twice. */
  views: 4,
  /** The contents that have a part in every shard. */
  hot: 2,
  /** Up to two slots, nothing happens meanwhile. */
  pause: 3,
  /** Nearly an hour. */
  longPause: 1,
  tell: 8,
  /** What a shard tells does not come. */
  lose: 1,
  /** Something that was told before, or was lost then, comes once more. */
  again: 2,
  evict: 1,
} as const;

type Kind = keyof typeof KINDS;

interface Step {
  readonly kind: Kind;
  readonly n: number;
}

const kinds = Object.keys(KINDS) as Kind[];
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(...kinds.map((kind) => ({ weight: KINDS[kind], arbitrary: fc.constant(kind) }))),
  n: fc.nat(1_000_000),
});

class Timeline {
  readonly world = new ViewRankingsWorld({ publishes: true });
  readonly #events: Viewed[] = [];
  readonly #made: ShardSlots[] = [];
  /** The youngest that came, of each shard. */
  readonly #heard: (ShardSlots | undefined)[] = Array(SHARDS).fill(undefined);

  async take({ kind, n }: Step): Promise<void> {
    const { world } = this;
    const shard = n % SHARDS;
    const actions: Readonly<Record<Kind, () => void | Promise<void>>> = {
      views: () => this.#view(n),
      hot: () => this.#viewSpread(n),
      pause: () => world.runTo(world.now + (n % (2 * SLOT_MS))),
      longPause: () => world.runTo(world.now + 11 * SLOT_MS),
      tell: () => this.#deliver(this.#tell(shard)),
      lose: () => void this.#tell(shard),
      again: () => this.#deliver(this.#made[n % this.#made.length]),
      evict: async () => {
        await world.runTo(world.now + VIEW_RANKINGS_SAVE_MS);
        world.evict();
      },
    };
    await actions[kind]();
  }

  /** What the object tells, and what it should. */
  told(category?: string) {
    const told = this.world.views("realtime", 100, category)?.contents;
    const heard = this.#heard.map((part) => part?.asOf);
    if (heard.every((asOf) => asOf === undefined)) return { told, expected: undefined };
    const { now } = this.world;
    return {
      told,
      expected: naiveRanking(this.#events, heard, now, catalogue, category),
    };
  }

  #view(n: number): void {
    for (let i = 0; i < 150; i += 1) {
      const number = 2 + ((n + i) % (CONTENTS - 2));
      const views = i % 7 === n % 7 ? 2 : 1;
      for (let view = 0; view < views; view += 1) this.#event(idOf(number), number % SHARDS);
    }
  }

  #viewSpread(n: number): void {
    for (let view = 0; view < n % 12; view += 1) {
      for (const id of catalogue.spread) this.#event(id, (n + view) % SHARDS);
    }
  }

  #event(id: ContentId, shard: number): void {
    // Among those of the same slot it makes no difference when.
    this.#events.push({ content: id, shard, at: this.world.now });
  }

  #tell(shard: number): ShardSlots {
    const version = this.#made.length + 1;
    const made = naiveTelling(this.#events, shard, this.world.now, version, catalogue);
    // What happens from here on is of a later moment than what was told.
    this.world.now += 1;
    this.#made.push(made);
    return made;
  }

  #deliver(part: ShardSlots | undefined): void {
    if (part === undefined) return;
    const known = this.#heard[part.shard];
    if (known === undefined || part.stamp > known.stamp) this.#heard[part.shard] = part;
    this.world.rankings.publish(part);
  }
}

test("whatever happens, the last hour is what brute force finds in the views that were told of, in every category", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40 }), async (steps) => {
      const timeline = new Timeline();
      for (const [index, one] of steps.entries()) {
        await timeline.take(one);
        if (index % 5 !== 0 && index !== steps.length - 1) continue;
        for (const category of [undefined, "x", "y", "none"]) {
          const { told, expected } = timeline.told(category);
          expect(told).toEqual(expected);
          compared += told?.length ?? 0;
        }
      }
    }),
    { numRuns: 80 },
  );
  // Lists that were full of contents, not of nothing.
  expect(compared).toBeGreaterThan(5_000);
});
