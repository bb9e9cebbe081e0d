import { isTracking } from "../core/views/content-url.ts";

/**
 * What a page says its address is, as it may be shown to others: without a fragment, a user's name and password, and
 * the parameters that say where its reader came from. The rest of its query stays, since it may say which page it is.
 * @param url absolute
 */
export const readerless = (url: string): string => {
  const parts = new URL(url);
  parts.hash = "";
  parts.username = "";
  parts.password = "";
  const tracked = [...parts.searchParams.keys()].filter(isTracking);
  // Even deleting nothing would write the query anew.
  for (const name of tracked) parts.searchParams.delete(name);
  return parts.href;
};
