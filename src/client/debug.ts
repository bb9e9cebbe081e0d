/** `/headcount.debug.js`: says in the console what the SDK did, and why it did nothing. Loaded by `data-debug` only. */
import type { Step } from "./step.ts";

/** What a refused request has to do with, by the status it was answered with. */
const REASONS: Readonly<Record<number, string>> = {
  0: "no answer: the network is down, or the browser blocked the request",
  400: "the service found the request malformed; is data-content, or data-client, 1 to 64 of A-Z a-z 0-9 _ - ?",
  401: "the service did not make this token",
  403: "the service does not count on this site; its ALLOWED_ORIGINS would have to name it",
  404: "the service does not know this content, or this is no Headcount service",
  410: "the view was opened more than ten minutes ago",
  429: "too many views from this network",
  503: "the service cannot take it at the moment",
};

const reason = (status: number): string => REASONS[status] ?? `answered with ${status}`;

const explain = (it: Step): string => {
  switch (it.step) {
    case "off":
      return it.why === "optout"
        ? "Not counting: the script element has data-optout."
        : "Not counting: this browser asks not to be tracked (Do-Not-Track or Global Privacy Control).";
    case "hidden":
      return "Waiting: nobody sees this page yet. A view is opened when it becomes visible.";
    case "opened":
      return it.dropped === null
        ? `Opened a view of "${it.content}". It is confirmed after three seconds of visible time.`
        : `Opened a view of "${it.content}" that will not count: the service takes this browser for "${it.dropped}".`;
    case "unopened":
      return `Could not open a view: ${reason(it.status)}.`;
    case "early":
      return `Confirmed too early by the service's clock; again in ${it.retryAfterMs} ms.`;
    case "confirmed":
      return `Confirmed the view of "${it.content}", and the service has it on disk. It counts unless the same visitor was counted here less than 60 seconds before.`;
    case "kept":
      return `Not known to be confirmed (${reason(it.status)}). It goes again with the next request, or when the page is left.`;
    case "beacon":
      return `Leaving: ${it.views} view(s) not known to be confirmed sent as a beacon.`;
    case "refused":
      return it.again
        ? `Refused before it ever arrived (${reason(it.status)}); opening a new view.`
        : `Refused for good: ${reason(it.status)}.`;
  }
};

const say = (step: Step): void => {
  console.info(`%cheadcount%c ${explain(step)}`, "font-weight:bold", "", step);
};

const steps = window.headcount?.steps ?? [];
steps.forEach(say);
addEventListener("headcount", (event) => {
  if (event instanceof CustomEvent) say(event.detail);
});
