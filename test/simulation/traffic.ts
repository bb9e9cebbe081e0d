import { hashText } from "../../src/core/hash.ts";
import { MINUTE_MS } from "../../src/core/limits.ts";
import { formatEventId } from "../../src/core/views/event-id.ts";
import { type ShardSchedule, shardOf } from "../../src/core/views/shards.ts";
import { concat } from "../../src/protocol/bytes.ts";
import type { DaySalt } from "../../src/protocol/object-rpc.ts";
import { frameOf, makeEvent } from "../support/events.ts";
import type { Isolate } from "./isolate.ts";
import { demand, type View } from "./view.ts";
import { CONTENTS, type World } from "./world.ts";

const PEOPLE = 8;

/** How long after a view the same person comes again, on the same isolate's clock. */
const REPEATS_MS: readonly [number, ...number[]] = [0, 1, 40_000, 59_999, 60_000, 60_000, 60_001];

/** Readers who open pages, stay, confirm, come back, and send again what they were not told is durable. */
export class Traffic {
  readonly acked = new Set<string>();
  readonly #world: World;
  readonly #schedule: ShardSchedule;
  #serial = 0;

  constructor(world: World, schedule: ShardSchedule) {
    this.#world = world;
    this.#schedule = schedule;
  }

  /** Plans visits whose first pages are opened between two times from now. */
  plan(visits: number, fromMs: number, toMs: number): void {
    const { random, scheduler } = this.#world;
    for (let visit = 0; visit < visits; visit += 1) {
      const person = `person ${random.between(1, PEOPLE)}`;
      const isolate = random.pick(this.#world.isolates);
      const pages = random.chance(0.2) ? random.between(2, 3) : 1;
      const first = random.zipf(CONTENTS.length);
      const isBot = random.chance(0.08);
      const open = () => {
        const contents = Array.from({ length: pages }, (_, page) => (first + page) % 4);
        this.#visit(person, isolate, contents, isBot).catch(this.#world.fault);
      };
      const at = random.between(fromMs, toMs);
      scheduler.in(at, `${person} opens a page`, open);
      if (random.chance(0.45)) {
        scheduler.in(at + random.pick(REPEATS_MS), `${person} opens it again`, open);
      }
    }
  }

  async #visit(
    person: string,
    isolate: Isolate,
    contents: readonly number[],
    isBot: boolean,
  ): Promise<void> {
    const { random, scheduler, network, salts } = this.#world;
    const at = isolate.now();
    const known = await network
      .call(isolate, salts, "current", (keeper) => keeper.current())
      .catch(() => undefined);
    if (known === undefined) return;
    const views = contents.map((content) => this.#mint(person, at, content, isBot, known));
    const isVeryLate = random.chance(0.03);
    const dwell = isVeryLate ? 40 * MINUTE_MS : random.between(3_000, 8_000);
    scheduler.in(dwell, `${person} confirms`, () => this.#send(views, isolate));
  }

  #mint(
    person: string,
    at: number,
    content: number,
    isBot: boolean,
    known: readonly DaySalt[],
  ): View {
    const today = known.find(({ startMs, endMs }) => startMs <= at && at < endMs);
    if (today === undefined) throw new Error("there is no salt for today");
    const yesterday = known.find(({ endMs }) => endMs === today.startMs);
    const isFresh = yesterday !== undefined && at - today.startMs < MINUTE_MS;
    const id = CONTENTS[content] ?? CONTENTS[0];
    this.#serial += 1;
    const event = makeEvent({
      serial: this.#serial,
      at,
      content: `${id}`,
      visitor: keyOf(today, person),
      previousVisitor: isFresh ? keyOf(yesterday, person) : undefined,
      verdict: isBot ? "bot" : "countable",
    });
    const routed = { ...event, shard: shardOf(this.#schedule, event.content, at) };
    const view = { id: formatEventId(event.id), event: routed, person, countable: !isBot };
    this.#world.views.set(view.id, view);
    return view;
  }

  #send(views: readonly View[], isolate: Isolate): void {
    const frames = concat(views.map(({ event }) => frameOf(event, isolate.now())));
    isolate
      .confirm(frames)
      .then((isDurable) => (isDurable ? this.#told(views) : this.#sendAgain(views, isolate)))
      .catch(this.#world.fault);
  }

  #told(views: readonly View[]): void {
    const { random, scheduler, collectorWitness, isolates } = this.#world;
    for (const { id } of views) {
      demand(collectorWitness.wasCommitted(id), () => `event ${id} was called durable and is not`);
      this.acked.add(id);
    }
    const again = random.pick(isolates);
    if (random.chance(0.05)) scheduler.in(0, "a copy goes out", () => this.#send(views, again));
    if (random.chance(0.3)) {
      const ms = random.chance(0.15) ? 40 * MINUTE_MS : 19 * MINUTE_MS + random.between(-9_000, 0);
      scheduler.in(ms, "a late copy goes out", () => this.#send(views, again));
    }
  }

  #sendAgain(views: readonly View[], isolate: Isolate): void {
    const { random, scheduler, isolates } = this.#world;
    const next = random.chance(0.5) ? isolate : random.pick(isolates);
    const ms = random.between(300, 5_000);
    scheduler.in(ms, "not known to be durable: again", () => this.#send(views, next));
  }
}

/** Stands for the keyed hash, which only has to tell people and days apart. */
const keyOf = ({ salt }: DaySalt, person: string) => hashText(`${salt.join()}/${person}`);
