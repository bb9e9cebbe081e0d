import type { Hash64 } from "../hash.ts";
import type { ContentId } from "../ids.ts";
import type { ViewEvent } from "../views/view-event.ts";
import { FamilyShares } from "./family-shares.ts";
import type { Finding } from "./finding.ts";
import { HeavyKeys } from "./heavy-keys.ts";
import { LEARNING } from "./learning.ts";
import { browserShare, CONTENT_RATE, contentRate, NETWORK_SHARE, networkShare } from "./rules.ts";

/** Networks told apart of one content: of a share of a quarter there are four at most. */
const NETWORKS_KEPT = 48;

/** Below this many views in five minutes shares are chance, and teach nothing. */
const SHARES_FROM_VIEWS = 20;

/** Views of one content in the slot under way, and what is usual of it. Some 2 KB. */
export class ContentWatch {
  readonly content: ContentId;
  readonly #networks = new HeavyKeys(NETWORKS_KEPT);
  readonly families = new FamilyShares();
  views: number;
  /** Something was found in the slot under way: it teaches nothing of what is usual. */
  isFlagged = false;
  #usualViews: number | undefined;
  #usualNetworkShare: number | undefined;

  /** @param views counted before it was watched */
  constructor(content: ContentId, views: number) {
    this.content = content;
    this.views = views;
  }

  get usualViews(): number {
    return this.#usualViews ?? 0;
  }

  see({ network, browser }: Pick<ViewEvent, "network" | "browser">): void {
    this.views += 1;
    this.#networks.add(network);
    this.families.add(browser);
  }

  fromNetwork(network: Hash64): number {
    return this.#networks.count(network);
  }

  /** @param shard what is usual of all its contents */
  findings(shard: FamilyShares): readonly Finding[] {
    const { content, views } = this;
    if (views < NETWORK_SHARE.views) return [];
    const usualShare = this.#usualNetworkShare ?? 0;
    const ofNetworks = this.#networks
      .atLeast(NETWORK_SHARE.views)
      .map(({ key, count }) =>
        networkShare({ content, network: key, views: count, ofContent: views, usualShare }),
      );
    const named = present(ofNetworks);
    // Who is named need not be found again by the browsers they have, or by the views they make.
    const found = named.length > 0 ? named : present([...this.#byBrowser(shard), this.#byRate()]);
    if (found.length > 0) this.isFlagged = true;
    return found;
  }

  /** The slot is over. */
  learn(): void {
    if (!this.isFlagged) {
      this.#usualViews = moved(this.#usualViews, this.views);
      const [largest] = this.#networks.atLeast(1);
      if (this.views >= SHARES_FROM_VIEWS) {
        this.#usualNetworkShare = moved(
          this.#usualNetworkShare,
          (largest?.count ?? 0) / this.views,
        );
        this.families.learn();
      }
    }
    this.views = 0;
    this.isFlagged = false;
    this.#networks.clear();
    this.families.clear();
  }

  /** Slots passed in which nobody viewed it. */
  rest(slots: number): void {
    if (this.#usualViews !== undefined) this.#usualViews *= (1 - LEARNING) ** slots;
  }

  #byRate(): Finding | undefined {
    const largest = this.#networks.atLeast(1).slice(0, CONTENT_RATE.networks);
    const fromLargest = largest.reduce((sum, { count }) => sum + count, 0);
    const { content, views, usualViews: usual } = this;
    return contentRate({ content, views, usual, fromLargest });
  }

  #byBrowser(shard: FamilyShares): readonly (Finding | undefined)[] {
    const known = this.families.isKnown ? this.families : shard;
    if (!known.isKnown) return [];
    const { content, views: ofContent, usualViews } = this;
    return this.families.counts().map(([family, views]) =>
      browserShare({
        content,
        family,
        views,
        ofContent,
        usualViews,
        usualShare: known.usual(family),
      }),
    );
  }
}

const moved = (usual: number | undefined, now: number): number =>
  usual === undefined ? now : usual + LEARNING * (now - usual);

const present = (found: readonly (Finding | undefined)[]): readonly Finding[] =>
  found.filter((finding) => finding !== undefined);
