/** Which requests are views of pages, and of which content. */
import { type ContentId, contentId } from "../../src/core/ids.ts";
import { contentOfUrl } from "../../src/protocol/content-of-url.ts";
import type { LoggedRequest } from "./logged-request.ts";

export interface PageRules {
  /** Of the site, as its pages' URLs begin: `https://example.org`. */
  readonly origin: string;
  /** One of them has to be found in the path; none: any path that is no asset's. */
  readonly include: readonly RegExp[];
  /** None of them may be. */
  readonly exclude: readonly RegExp[];
  /** Its first group is the content's id; absent: that of the page's URL, as for pages without one. */
  readonly contentPattern: RegExp | undefined;
}

export type NoPage = "method" | "status" | "elsewhere" | "asset" | "pattern";

export type Page =
  | { readonly status: "page"; readonly content: ContentId }
  | { readonly status: "none"; readonly why: NoPage };

/** What pages are made of, and what lies beside them. */
const ASSET =
  /\.(?:css|m?js|map|json|xml|txt|rss|atom|ico|cur|png|jpe?g|gif|svg|webp|avif|bmp|tiff?|woff2?|ttf|otf|eot|mp[34]|m4[av]|web[m]|og[gv]|wav|avi|mov|m3u8|ts|pdf|zip|gz|tgz|bz2|xz|7z|rar|dmg|exe|wasm|webmanifest)$/i;

/** Paths of one site, some 200 bytes each. */
const MAX_REMEMBERED = 50_000;

/** Remembers the pages of paths: logs ask for the same ones again and again. */
export const pageFinder = (rules: PageRules): ((request: LoggedRequest) => Promise<Page>) => {
  const pages = new Map<string, Page>();
  return async ({ method, target, status }) => {
    if (method !== "GET") return none("method");
    if (status !== 200 && status !== 304) return none("status");
    const known = pages.get(target);
    if (known !== undefined) return known;
    const page = await pageOf(rules, target);
    if (pages.size >= MAX_REMEMBERED) pages.clear();
    pages.set(target, page);
    return page;
  };
};

const pageOf = async (rules: PageRules, target: string): Promise<Page> => {
  const { origin, include, exclude, contentPattern } = rules;
  const text = target.startsWith("/") ? `${origin}${target}` : target;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.host !== new URL(origin).host) return none("elsewhere");
  const path = url.pathname;
  if (include.length === 0 && ASSET.test(path)) return none("asset");
  const isIncluded = include.length === 0 || include.some((pattern) => pattern.test(path));
  if (!isIncluded || exclude.some((pattern) => pattern.test(path))) return none("pattern");
  const content =
    contentPattern === undefined
      ? await contentOfUrl(url.href)
      : contentId(contentPattern.exec(path)?.[1] ?? "");
  return content === undefined ? none("pattern") : { status: "page", content };
};

const none = (why: NoPage): Page => ({ status: "none", why });
