import type { ContentId } from "../../core/ids.ts";
import { MEMO_MAX_ENTRIES } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContentTables, Page } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import { isResting } from "../../ports/resting.ts";
import { readerless } from "../../protocol/readerless-url.ts";
import { BoundedMap } from "../bounded-map.ts";

export interface IntroduceDeps {
  readonly contents: Pick<ContentTables, "introduce">;
  readonly clock: Clock;
  readonly log: Log;
}

/** What it says of its reader, or of where that came from, is left out. */
const ofThePage = ({ url, ...page }: Page): Page =>
  url === undefined ? page : { ...page, url: readerless(url) };

/**
 * Saves what a page says of itself with its first confirm: title and URL, never changed by a later one. Once an
 * isolate and content; what fails is left to the next page that says it.
 */
export const introducer = ({ contents, clock, log }: IntroduceDeps) => {
  const done = new BoundedMap<ContentId, true>(MEMO_MAX_ENTRIES);
  return async (content: ContentId, page: Page): Promise<void> => {
    if (done.get(content) !== undefined) return;
    try {
      await contents.introduce(content, ofThePage(page), clock.now());
      done.set(content, true);
    } catch (cause) {
      if (!isResting(cause)) log.warn("introduce.failed", { cause: `${cause}` });
    }
  };
};
