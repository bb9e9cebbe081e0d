/**
 * Tabs of a window of which only one is seen. Playwright's own pages all believe they are in front, so these are
 * made without it, by the browser's protocol.
 */
import type { Browser } from "playwright-core";

export interface Tab {
  /** Hides the one that was seen before. */
  show(): Promise<void>;
  /** What it calls itself: all that is heard of a tab without touching it. */
  title(): Promise<string>;
  close(): Promise<void>;
}

/** Opens it in front of the others. */
export const openTab = async (browser: Browser, url: string): Promise<Tab> => {
  const session = await browser.newBrowserCDPSession();
  const { targetId } = await session.send("Target.createTarget", { url });
  return {
    async show() {
      await session.send("Target.activateTarget", { targetId });
    },
    async title() {
      return (await session.send("Target.getTargetInfo", { targetId })).targetInfo.title;
    },
    async close() {
      await session.send("Target.closeTarget", { targetId });
      await session.detach();
    },
  };
};
