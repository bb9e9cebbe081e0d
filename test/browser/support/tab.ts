/**
 * Tabs of a window of which only one is seen. Playwright's own pages all believe they are in front, so these are
 * made without it, by the browser's protocol.
 */
import type { Browser } from "playwright-core";

export interface Tab {
  /** Hides the one that was seen before. */
  show(): Promise<void>;
  /** @returns what an expression in the page is, which has to be JSON */
  ask(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens it in front of the others. */
export const openTab = async (browser: Browser, url: string): Promise<Tab> => {
  const session = await browser.newBrowserCDPSession();
  const { targetId } = await session.send("Target.createTarget", { url });
  const ask = async (expression: string): Promise<unknown> => {
    const page = browser
      .contexts()
      .flatMap((context) => context.pages())
      .find((one) => one.url() === url);
    return page?.evaluate(expression);
  };
  return {
    ask,
    async show() {
      await session.send("Target.activateTarget", { targetId });
    },
    async close() {
      await session.send("Target.closeTarget", { targetId });
      await session.detach();
    },
  };
};
