import { parseSchedule } from "../../src/core/views/shards.ts";
import { makeEvent, visitor } from "./events.ts";
import { FakeCategories, FakeViewRankings } from "./fake-view-rankings.ts";
import { HandTime, settled } from "./hand-time.ts";
import type { NaiveView } from "./naive-slots.ts";
import { PublishingWorld } from "./publishing-world.ts";
import type { TallyParts } from "./tally-harness.ts";

/** A Tally that tells its slots, to an object and with a database that may be away. */
export class RankingWorld extends PublishingWorld {
  readonly rankings: FakeViewRankings;
  readonly database: FakeCategories;
  /** Of calls that hang; the Tally's own clock is the world's. */
  readonly timers: HandTime;
  /** Every view that was taken in. */
  readonly counted: NaiveView[] = [];
  #people = 1_000_000;

  constructor(now: number, parts: TallyParts & { readonly schedule?: string } = {}) {
    const { schedule: text = "1", ...rest } = parts;
    const parsed = parseSchedule(text);
    if (parsed.status !== "ok") throw new Error(parsed.reason);
    const rankings = new FakeViewRankings();
    const database = new FakeCategories();
    const timers = new HandTime();
    const ranking = { rankings, contents: database, timers, schedule: parsed.schedule };
    super(now, { readModel: "none", ...rest, ranking });
    this.rankings = rankings;
    this.database = database;
    this.timers = timers;
  }

  /** A view each, by somebody new, of so long ago. */
  async watch(contents: readonly string[], agoMs = 0): Promise<void> {
    const { harness } = this;
    const at = harness.now - agoMs;
    harness.append(
      contents.map((id) => {
        this.#people += 1;
        this.counted.push({ content: id, at });
        return makeEvent({ serial: this.#people, at, content: id, visitor: visitor(this.#people) });
      }),
    );
    harness.disk.flush();
    await settled();
  }
}
