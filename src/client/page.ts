/** What the SDK reads off the page it is on. */

import { MAX_URL_CHARS } from "./limits.ts";

export const canonicalUrl = (): string | undefined =>
  document.querySelector<HTMLLinkElement>("link[rel=canonical]")?.href;

/**
 * Where the reader is: the URL the page calls canonical, else its address without the fragment, which is never sent.
 * @param stale canonical URL of the page before. A router changes the address first and the head later or never,
 *   so a canonical URL that stayed the same says nothing about the page that came after.
 */
export const pageUrl = (stale: string | undefined): string => {
  const canonical = canonicalUrl();
  const url = canonical && canonical !== stale ? canonical : location.href.replace(/#.*/, "");
  return url.slice(0, MAX_URL_CHARS);
};
