import { SLOT_MS } from "../views/slots.ts";
import type { ViewEvent } from "../views/view-event.ts";
import { FamilyShares } from "./family-shares.ts";
import type { Finding } from "./finding.ts";
import { HeavyKeys } from "./heavy-keys.ts";
import {
  NETWORK_VELOCITY,
  networkVelocity,
  partOf,
  VISITOR_VIEWS,
  visitorVelocity,
} from "./rules.ts";
import { WatchedContents } from "./watched-contents.ts";
import { nameOf, WatchedNetworks } from "./watched-networks.ts";

/** How often what came is looked at: well within the minute in which an operator is to know. */
export const JUDGED_EVERY_MS = 10_000;

/** Visitors counted at a time, 12 bytes a slot. */
const VISITORS_MOST = 6_000;

type Seen = Pick<ViewEvent, "content" | "visitor" | "network" | "browser">;

/**
 * Watches the counted views of a shard, in slots of five minutes of the time they were accepted at. Bounded whatever comes,
 * and of what it was shown alone: the same events at the same times give the same findings. What comes of a slot that is over
 * is not looked at: a Collector that was away hands over what nobody can flag in time any more.
 */
export class ShardWatch {
  readonly #shards: () => number;
  readonly #contents = new WatchedContents();
  readonly #networks = new WatchedNetworks();
  readonly #visitors = new HeavyKeys(VISITORS_MOST);
  readonly #families = new FamilyShares();
  readonly #flaggedNetworks = new Set<string>();
  #slot: number | undefined;
  #views = 0;
  #judgedAt = Number.NEGATIVE_INFINITY;
  #latestAt = Number.NEGATIVE_INFINITY;
  /** Of slots that ended since somebody asked. */
  #found: Finding[] = [];

  /** @param shards how many there are: one sees a part of what a visitor does */
  constructor(shards: () => number) {
    this.#shards = shards;
  }

  /** Contents that are watched, for the bound on memory. */
  get contents(): number {
    return this.#contents.size;
  }

  /** @param acceptedAt ms */
  see(event: Seen, acceptedAt: number): void {
    const slot = Math.floor(acceptedAt / SLOT_MS);
    this.#slot ??= slot;
    if (slot < this.#slot) return;
    if (slot > this.#slot) this.#turn(slot);
    this.#latestAt = Math.max(this.#latestAt, acceptedAt);
    this.#views += 1;
    this.#contents.see(event);
    this.#networks.add(event.network);
    this.#visitors.add(event.visitor);
    this.#families.add(event.browser);
  }

  /**
   * @param acceptedAt ms; absent: of what came last
   * @returns what there is to say when there is anything new to look at
   */
  findings(): readonly Finding[] {
    if (this.#latestAt - this.#judgedAt >= JUDGED_EVERY_MS) this.#judge();
    const found = this.#found;
    this.#found = [];
    return found;
  }

  #judge(): void {
    this.#judgedAt = this.#latestAt;
    const onContents = [...this.#contents.all()].flatMap((watch) => watch.findings(this.#families));
    const overContents = [...this.#fastVisitors(), ...this.#fastNetworks()];
    for (const { culprit } of overContents) {
      if (culprit.kind === "network") this.#flaggedNetworks.add(nameOf(culprit.key));
    }
    this.#found.push(...onContents, ...overContents);
  }

  #fastVisitors(): readonly Finding[] {
    const shards = this.#shards();
    return this.#visitors
      .atLeast(Math.floor(partOf(VISITOR_VIEWS, shards)) + 1)
      .map(({ key, count }) => visitorVelocity({ visitor: key, views: count, shards }))
      .filter((finding) => finding !== undefined);
  }

  #fastNetworks(): readonly Finding[] {
    const shards = this.#shards();
    return this.#networks
      .atLeast(Math.floor(partOf(NETWORK_VELOCITY.views, shards)) + 1)
      .map(({ key, count }) => {
        let onOneContent = 0;
        for (const watch of this.#contents.all()) {
          onOneContent = Math.max(onOneContent, watch.fromNetwork(key));
        }
        const usual = this.#networks.usual(key);
        const of = { ofShard: this.#views, onOneContent, shards };
        return networkVelocity({ network: key, views: count, usual, ...of });
      })
      .filter((finding) => finding !== undefined);
  }

  /** What came since the last look is judged before it is forgotten. */
  #turn(slot: number): void {
    if (this.#latestAt > this.#judgedAt) this.#judge();
    const empty = slot - (this.#slot ?? slot) - 1;
    for (const watch of this.#contents.all()) {
      if (watch.isFlagged) this.#families.takeOff(watch.families);
    }
    this.#families.learn();
    this.#families.clear();
    this.#contents.learn(empty);
    this.#networks.learn(empty, this.#flaggedNetworks);
    this.#flaggedNetworks.clear();
    this.#visitors.clear();
    this.#views = 0;
    this.#slot = slot;
  }
}
