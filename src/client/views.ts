/**
 * The life of a view in a page: opened when the page is first visible, confirmed after three seconds of visible time,
 * sent again until an answer says what became of it.
 *
 * A token whose confirm found no good answer may have been counted or not. It is safe to send again, so it is, with
 * the next request the page makes for another reason and with its leave beacon; never on a timer, since a service in
 * trouble is not helped by a queue of timers. Only a token that was certainly never sent is replaced by a new one.
 */
import { clientId } from "./client-id.ts";
import { MAX_TITLE_CHARS, SOON_MS, SURELY_MS, TICK_MS, UNSETTLED } from "./limits.ts";
import { refresh, showOwn } from "./numbers.ts";
import { canonicalUrl, pageUrl } from "./page.ts";
import { request } from "./request.ts";
import { service } from "./script.ts";

/** Waits for `durable`: nobody waits for the answer, and without it the token is kept. */
const CONFIRM = "v1/views/confirm?wait=2";

/** Bodies of confirms that are not known to have arrived, and what to do when one was too late to arrive at all. */
const pending = new Map<string, () => void>();

let timer: ReturnType<typeof setTimeout>;
/** Lets the current view take its next step, if it is due: there is none where nothing is counted. */
let step: (() => void) | undefined;

const send = (reopen: () => void, body: string): void => {
  const wasSent = pending.has(body);
  pending.set(body, reopen);
  void request(CONFIRM, body).then(({ status, retryAfterMs }) => {
    if (status === 425) setTimeout(send, retryAfterMs, reopen, body);
    else if (status < UNSETTLED) {
      pending.delete(body);
      if (status === 202) {
        setTimeout(refresh, SOON_MS);
        setTimeout(refresh, SURELY_MS);
      }
      if (status === 410 && !wasSent) reopen();
    }
  });
};

/** At a moment at which requests are due anyway. */
export const resend = (): void => pending.forEach(send);

/**
 * The reader has come to a content, or without an id to a URL; a view that was open before is over.
 * @param settleMs how long the page may take to draw itself anew, when it stayed the same document
 */
export const startView = (content?: string, settleMs?: number): void => {
  const stale = settleMs ? canonicalUrl() : "";
  /** Not to be asked for again: it came, is on its way, or was refused for good. */
  let asked = false;
  /** Minted, and not yet sent. */
  let token: string | undefined;
  let leftMs = 0;

  const open = (): void => {
    asked = true;
    resend();
    const url = content ? undefined : pageUrl(stale);
    const body = JSON.stringify({ content, url, client: clientId() });
    void request("v1/views", body).then((minted) => {
      asked = minted.status < UNSETTLED;
      token = minted.token;
      leftMs = minted.confirmAfterMs ?? 0;
      if (token && step === next) {
        if (!content) showOwn(minted.content);
        next();
      }
    });
  };

  const next = (): void => {
    clearTimeout(timer);
    if (document.hidden) return;
    if (!asked) open();
    else if (token && leftMs > 0) {
      timer = setTimeout(() => {
        leftMs -= TICK_MS;
        next();
      }, TICK_MS);
    } else if (token) {
      const page = { title: document.title.slice(0, MAX_TITLE_CHARS), url: pageUrl(stale) };
      send(open, JSON.stringify({ token, page }));
      token = "";
    }
  };

  step = next;
  clearTimeout(timer);
  timer = setTimeout(next, settleMs);
};

/** Opens a view that could not be opened before, or lets its time run on. */
export const goOn = (): void => step?.();

/** The reader leaves, perhaps for good. */
export const leave = (): void => {
  for (const body of pending.keys()) navigator.sendBeacon(service + CONFIRM, body);
};
