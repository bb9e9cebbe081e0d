/**
 * What looks like tampering with a number. Each rule looks at the views that were counted in the five minutes under
 * way (`SLOT_MS`), and so at what the minute between two views of one visitor and content has let through. Each asks for
 * three things together, since each alone is honest somewhere: many views, far from what is usual, and few behind it.
 */
import type { Hash64 } from "../hash.ts";
import type { ContentId } from "../ids.ts";
import type { BrowserFamily } from "../views/view-event.ts";
import type { Finding } from "./finding.ts";

/** What is usual of a content is taken for at least so many views in five minutes: of fewer any ratio is chance. */
export const USUAL_VIEWS_FLOOR = 30;

/**
 * `content-rate@1`: views >= 300, views >= 8 x usual, and the ten largest networks have half of them.
 * With an average that moves by a fifth, a content that doubles every five minutes is at six times what is usual; one
 * that goes viral faster than that is seen by thousands of networks, of which the ten largest have a few percent.
 */
export const CONTENT_RATE = { views: 300, ratio: 8, networks: 10, networksShare: 0.5 } as const;

export interface ContentRate {
  readonly content: ContentId;
  readonly views: number;
  /** Views in five minutes so far, averaged. */
  readonly usual: number;
  /** Views from the largest networks. */
  readonly fromLargest: number;
}

export const contentRate = (seen: ContentRate): Finding | undefined => {
  const { content, views, fromLargest } = seen;
  const usual = Math.max(seen.usual, USUAL_VIEWS_FLOOR);
  const ratio = views / usual;
  const share = fromLargest / views;
  if (views < CONTENT_RATE.views || ratio < CONTENT_RATE.ratio) return undefined;
  if (share < CONTENT_RATE.networksShare) return undefined;
  const score = 30 + 20 * doublings(ratio / CONTENT_RATE.ratio, 3) + 30 * above(share, 0.5, 1);
  return {
    rule: "content-rate@1",
    content,
    culprit: { kind: "content" },
    score: Math.round(score),
    evidence: {
      views,
      usual: rounded(usual),
      ratio: rounded(ratio),
      largestNetworks: rounded(share),
    },
  };
};

/**
 * `network-share@1`: one network has >= 150 views of a content, >= 25 % of all, and >= 3 x what the largest network
 * usually has there. 150 in five minutes is one every two seconds: an office of some hundred reads so many pages, but not
 * of one content, and a mobile carrier's address has so many where a content has ten thousand. An intranet's
 * content is read from one network at all times: that is usual there.
 */
export const NETWORK_SHARE = { views: 150, share: 0.25, ratio: 3 } as const;

export interface NetworkShare {
  readonly content: ContentId;
  readonly network: Hash64;
  readonly views: number;
  readonly ofContent: number;
  /** Share of the largest network so far, averaged; 0 where nothing is known. */
  readonly usualShare: number;
}

export const networkShare = (seen: NetworkShare): Finding | undefined => {
  const { content, network, views, ofContent, usualShare } = seen;
  const share = views / ofContent;
  const needed = Math.max(NETWORK_SHARE.share, NETWORK_SHARE.ratio * usualShare);
  if (views < NETWORK_SHARE.views || share < needed) return undefined;
  const score = 50 + 25 * doublings(views / NETWORK_SHARE.views, 3) + 25 * above(share, 0.25, 0.75);
  return {
    rule: "network-share@1",
    content,
    culprit: { kind: "network", key: network },
    score: Math.round(score),
    evidence: { views, ofContent, share: rounded(share), usualShare: rounded(usualShare) },
  };
};

/**
 * `browser-share@1`: one family has >= 500 views of a content, >= 80 % of all, at odds >= 20 x the usual ones, while the
 * content has >= 3 x its usual views. Odds, since no share can double from 65 %: of a family that usually has 65 % it takes
 * 97.4 %, of one with 25 % it takes 87 %. A link in an application that brings its own browser moves the share of a family
 * as far as 80 %, seldom beyond. Nothing usual is known, nothing is found.
 */
export const BROWSER_SHARE = { views: 500, share: 0.8, odds: 20, surge: 3 } as const;

export interface BrowserShare {
  readonly content: ContentId;
  readonly family: BrowserFamily;
  readonly views: number;
  readonly ofContent: number;
  readonly usualViews: number;
  /** Of the content where it has a history, else of the shard. */
  readonly usualShare: number;
}

export const browserShare = (seen: BrowserShare): Finding | undefined => {
  const { content, family, views, ofContent, usualShare } = seen;
  const share = views / ofContent;
  const odds = oddsOf(share) / oddsOf(usualShare);
  const surge = ofContent / Math.max(seen.usualViews, USUAL_VIEWS_FLOOR);
  if (views < BROWSER_SHARE.views || share < BROWSER_SHARE.share) return undefined;
  if (odds < BROWSER_SHARE.odds || surge < BROWSER_SHARE.surge) return undefined;
  const score =
    50 +
    25 * doublings(views / BROWSER_SHARE.views, 3) +
    25 * doublings(odds / BROWSER_SHARE.odds, 3);
  return {
    rule: "browser-share@1",
    content,
    culprit: { kind: "browser", family },
    score: Math.round(score),
    evidence: { views, ofContent, share: rounded(share), usualShare: rounded(usualShare) },
  };
};

/**
 * `visitor-velocity@1`: one visitor has more views than anybody can have seen. A view takes 3 s, so 100 in five minutes
 * one after the other; of these a shard has `m = 100 / shards`, and by chance up to `m + 4 x sqrt(m)`. They are of at least
 * a fifth as many contents, since one counts once a minute.
 */
export const VISITOR_VIEWS = 100;

/**
 * `network-velocity@1`: one network has >= 3,000 views in five minutes in all shards together (of which a shard has its
 * part as above), >= 10 x what is usual of it, >= 10 % of the shard's, and no content has half of them (that is
 * `network-share`). Ten pages a second are an office of a thousand that opens a page every 100 s; a carrier's
 * address may have more, and is a small part of all; what reads much at all times is usual.
 */
export const NETWORK_VELOCITY = { views: 3_000, ratio: 10, share: 0.1, onOneContent: 0.5 } as const;

export interface VisitorVelocity {
  readonly visitor: Hash64;
  readonly views: number;
  readonly shards: number;
}

export const visitorVelocity = ({
  visitor,
  views,
  shards,
}: VisitorVelocity): Finding | undefined => {
  const limit = partOf(VISITOR_VIEWS, shards);
  if (views <= limit) return undefined;
  return {
    rule: "visitor-velocity@1",
    culprit: { kind: "visitor", key: visitor },
    score: Math.round(60 + 40 * doublings(views / limit, 2)),
    evidence: { views, limit: rounded(limit) },
  };
};

export interface NetworkVelocity {
  readonly network: Hash64;
  readonly views: number;
  readonly usual: number;
  readonly ofShard: number;
  /** Its views of the content it views most, as far as that is known. */
  readonly onOneContent: number;
  readonly shards: number;
}

export const networkVelocity = (seen: NetworkVelocity): Finding | undefined => {
  const { network, views, usual, ofShard, shards } = seen;
  const limit = partOf(NETWORK_VELOCITY.views, shards);
  const share = views / ofShard;
  if (views <= limit || views < NETWORK_VELOCITY.ratio * usual) return undefined;
  if (share < NETWORK_VELOCITY.share) return undefined;
  if (seen.onOneContent >= NETWORK_VELOCITY.onOneContent * views) return undefined;
  return {
    rule: "network-velocity@1",
    culprit: { kind: "network", key: network },
    score: Math.round(40 + 30 * doublings(views / limit, 3) + 30 * above(share, 0.1, 0.5)),
    evidence: { views, usual: rounded(usual), limit: rounded(limit), share: rounded(share) },
  };
};

/** What one of several shards has at most of what all have together: its part, and four times its spread by chance. */
export const partOf = (all: number, shards: number): number => {
  const mean = all / shards;
  return shards === 1 ? all : mean + 4 * Math.sqrt(mean);
};

/** @returns 0 at a ratio of 1, 1 from `2 ** most` on */
const doublings = (ratio: number, most: number): number =>
  Math.min(1, Math.max(0, Math.log2(ratio) / most));

/** @returns 0 at `from` or below, 1 at `to` or above */
const above = (value: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)));

/** Never 0 or infinite: a family nobody had before is taken for one in a thousand. */
const oddsOf = (share: number): number => {
  const bounded = Math.min(0.999, Math.max(0.001, share));
  return bounded / (1 - bounded);
};

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
