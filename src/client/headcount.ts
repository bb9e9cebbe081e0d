/** `/headcount.js`: follows the page it is on. What it promises is in `docs/sdk.md`. */

import { clientId } from "./client-id.ts";
import type { Headcount } from "./globals.ts";
import { REFRESH_MS, SETTLE_MS } from "./limits.ts";
import type { Live } from "./live/api.ts";
import { ownContent, refresh, showOwn } from "./numbers.ts";
import { optedOut, script, service } from "./script.ts";
import { goOn, leave, resend, startView } from "./views.ts";

const view = (content = script.dataset.content, settleMs = SETTLE_MS): void => {
  if (!optedOut) startView(content, settleMs);
  showOwn(content);
};

/** Few pages have a stream, so what follows one is loaded with the first. */
const stream = (id?: string): void => {
  import(`${service}headcount-live.js`)
    .then(({ follow }: Live) => follow(id, service, script, optedOut, clientId))
    .catch(() => undefined);
};

const look = (): void => {
  goOn();
  void refresh();
};

let path = location.pathname;
const onAddress = (): void => {
  if (path === location.pathname) return;
  path = location.pathname;
  if (!script.dataset.content) view();
};

/** The page comes, goes, or is back on the network. */
const onMoment = (): void => {
  if (document.hidden) leave();
  else {
    resend();
    look();
  }
};

const run = (): void => {
  window.headcount = { view, refresh, stream } satisfies Headcount;
  view(undefined, 0);
  if (script.dataset.stream) stream(script.dataset.stream);
  setInterval(look, REFRESH_MS);

  // a page that goes for good is hidden first
  addEventListener("visibilitychange", onMoment);
  addEventListener("online", onMoment);
  // out of the back-forward cache: opened again, which the server may find to be too soon
  addEventListener("pageshow", (event) => event.persisted && view(ownContent(), 0));
  addEventListener("popstate", onAddress);
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = (...args) => {
      original.apply(history, args);
      onAddress();
    };
  }
};

if (!window.headcount) {
  if ("debug" in script.dataset) import(`${service}headcount.debug.js`).then(run, run);
  else run();
}
