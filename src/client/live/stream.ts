/** `/headcount-live.js`: the page's stream. `/headcount.js` loads it when there is one. */
import { ID_PATTERN } from "../../core/ids.ts";
import type { Live } from "./api.ts";
import { type Line, openLine } from "./line.ts";
import { advance, type Numbers, readNumbers } from "./numbers.ts";
import { paint, wipe } from "./paint.ts";
import { ticketOf } from "./ticket.ts";
import { REPAINT_MS, STALE_MS } from "./times.ts";

/** The page's stream; empty while it has none. */
let own = "";
let numbers: Numbers | undefined;
let heardAt = 0;
let line: Line | undefined;
/** Enters the page's stream, unless it is in it, it has ended, or nobody has seen the page yet. */
let enter: (() => void) | undefined;

const repaint = (): void => {
  if (own) paint(own, numbers, Date.now() - heardAt > STALE_MS);
};

const onAlive = (): void => {
  heardAt = Date.now();
};

const onNumbers = (heard: Numbers): void => {
  numbers = advance(numbers, heard);
  onAlive();
  repaint();
};

const showEnd = (last: Numbers): void => {
  onNumbers({ ...last, viewers: 0 });
  // what stays as it is does not get old
  heardAt = Number.POSITIVE_INFINITY;
};

/** @param address of a stream that has ended, perhaps before this page came */
const onEnded = (address: string): void => {
  const stream = own;
  enter = undefined;
  showEnd(numbers ?? { viewers: 0, peak: 0, total: 0 });
  void fetch(address)
    .then(async (answer) => {
      const last = readNumbers(await answer.json());
      if (last && own === stream && !enter) showEnd(last);
    })
    .catch(() => undefined);
};

const hangUp = (): void => {
  line?.close();
  line = undefined;
};

export const follow: Live["follow"] = (stream, service, script, optedOut, clientId) => {
  hangUp();
  if (own) wipe(own);
  numbers = enter = undefined;
  own = stream && ID_PATTERN.test(stream) ? stream : "";
  if (!own) return;

  const address = `${service}v1/streams/${own}`;
  const role = optedOut || script.dataset.role === "observer" ? "observer" : "viewer";
  const who = async () => {
    const ticket = await ticketOf(own);
    // an observer is nobody, so nothing is stored for its sake
    const client = role === "viewer" && clientId();
    return { ...(client && { client }), ...(ticket && { ticket }) };
  };
  enter = () => {
    if (line || document.hidden) return;
    line = openLine({
      address,
      role,
      who,
      canRenew: () => !!window.headcountTicket,
      onNumbers,
      onAlive,
      onEnded: () => onEnded(address),
    });
    line.dial();
  };
  repaint();
  enter();
};

// a page that nobody has seen yet, in a background tab or made beforehand, views nothing
addEventListener("visibilitychange", () => enter?.());
// the back-forward cache takes no page that is connected; one that goes for good says so at once
addEventListener("pagehide", hangUp);
addEventListener("pageshow", () => enter?.());
addEventListener("online", () => line?.dial());
addEventListener("offline", () => line?.lose());
setInterval(repaint, REPAINT_MS);
