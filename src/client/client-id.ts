import { script } from "./script.ts";

/**
 * The site's own id of this browser, else a random one that stays with the browser on this site.
 * @returns `undefined` where the site wants none (`data-client=""`), or nothing can be stored: an id that is new on
 *   each page would make each a new visitor, so rather the server tells visitors apart by network and browser
 */
export const clientId = (): string | undefined => {
  try {
    const { client } = script.dataset;
    // `randomUUID` exists on https pages only
    if (client == null)
      localStorage.headcount ||= crypto.getRandomValues(new Uint32Array(4)).join("-");
    return (client ?? localStorage.headcount) || undefined;
  } catch {
    return undefined;
  }
};
