import type { ContentId } from "../../src/core/ids.ts";
import type { ContentTables } from "../../src/ports/database.ts";
import type { ViewRankings } from "../../src/ports/view-rankings.ts";
import type { ShardSlots } from "../../src/protocol/rankings-rpc.ts";
import { content } from "./events.ts";

/** What becomes of a telling. `held`: it is on its way until somebody lets it go. */
export type TellingFate = "done" | "refused" | "done, answer lost" | "held";

/** An object of rankings that keeps, of what one shard told it, that with the larger stamp, and goes wrong as it is told. */
export class FakeViewRankings implements Pick<ViewRankings, "publish"> {
  /** Every telling, done or not. */
  readonly tellings: ShardSlots[] = [];
  fate: TellingFate = "done";
  newest: ShardSlots | undefined;
  readonly #held: (() => void)[] = [];

  async publish(slots: ShardSlots): Promise<void> {
    const { fate } = this;
    const last = this.tellings.at(-1);
    if (last !== undefined && last.stamp >= slots.stamp) throw new Error("a stamp has not risen");
    this.tellings.push(slots);
    if (fate === "held") await new Promise<void>((resolve) => this.#held.push(resolve));
    if (fate === "refused") throw new Error("it is away");
    if (this.newest === undefined || this.newest.stamp < slots.stamp) this.newest = slots;
    if (fate === "done, answer lost") throw new Error("it did not answer in time");
  }

  release(): void {
    for (const resolve of this.#held.splice(0)) resolve();
  }

  /** What is known of each content: views, views before, category. */
  shown(): Record<string, readonly [views: number, before: number, category: string | null]> {
    const { contents = [] } = this.newest ?? {};
    return Object.fromEntries(
      contents.map(({ content: id, views, before, category }) => [id, [views, before, category]]),
    );
  }
}

/** A database that knows the categories of contents, and may be away or hang. */
export class FakeCategories implements Pick<ContentTables, "findContents"> {
  readonly categories = new Map<ContentId, string>();
  readonly asked: (readonly ContentId[])[] = [];
  state: "there" | "away" | "hanging" = "there";

  put(id: string, category: string): void {
    this.categories.set(content(id), category);
  }

  findContents: ContentTables["findContents"] = async (ids) => {
    this.asked.push(ids);
    if (this.state === "away") throw new Error("the database is away");
    if (this.state === "hanging") return new Promise(() => undefined);
    return ids.flatMap((id) => {
      const category = this.categories.get(id);
      return category === undefined ? [] : [{ id, category, startViews: 0 }];
    });
  };
}
