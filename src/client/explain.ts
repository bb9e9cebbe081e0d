/** What the service's answers mean, in sentences. */

export interface Exchange {
  /** Without the service's address, as in `v1/views`. */
  readonly path: string;
  /** 0: no answer. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly dropped: string | null;
}

const REASONS: Readonly<Record<number, string>> = {
  0: "no answer; the network is down, or something in the browser blocks the request",
  400: "the request is malformed; data-content and data-client are 1 to 64 of A-Z a-z 0-9 _ -",
  401: "the service did not make this token, or wants a ticket of your site for this stream",
  403: "the service does not count for this site; its ALLOWED_ORIGINS has to name it",
  404: "the service does not know this content or stream",
  409: "the stream is not live",
  410: "the view was opened more than ten minutes ago",
  429: "too many views from this network",
  503: "the service cannot take it at the moment",
};

const reasonOf = ({ status, body }: Exchange): string => {
  const reason = REASONS[status] ?? `status ${status}`;
  return typeof body.detail === "string" ? `${reason} (${body.detail})` : reason;
};

const isPassing = (status: number): boolean => status === 0 || status === 429 || status >= 500;

const explainOpening = (it: Exchange): string => {
  if (it.status === 202) {
    return it.dropped === null
      ? `Opened a view of "${it.body.content}". It is confirmed after 3 seconds of visible time.`
      : `Opened a view of "${it.body.content}" that will not count: taken for "${it.dropped}".`;
  }
  const next = isPassing(it.status) ? "It is tried again." : "It is not tried again.";
  return `No view was opened: ${reasonOf(it)}. ${next}`;
};

const explainConfirm = (it: Exchange): string => {
  if (it.status === 202) {
    return "Confirmed; the service has it on disk. It counts unless this visitor was counted here less than 60 seconds before.";
  }
  if (it.status === 425) {
    return `Too early by the service's clock; again in ${it.body.retryAfterMs} ms.`;
  }
  return isPassing(it.status)
    ? `Not known to be confirmed: ${reasonOf(it)}. The same token goes again with the next request, or when the page is left.`
    : `Not confirmed: ${reasonOf(it)}. A token that was never sent before is replaced by a new one; any other is done.`;
};

export const explain = (it: Exchange): string => {
  if (it.path.startsWith("v1/views/confirm")) return explainConfirm(it);
  if (it.path.startsWith("v1/views")) return explainOpening(it);
  if (it.path.endsWith("/heartbeat")) {
    return it.status === 200
      ? "Counted in the stream by a heartbeat, since no socket opens here."
      : `The heartbeat was not taken: ${reasonOf(it)}.`;
  }
  return it.status === 200 ? "Read the numbers." : `Could not read the numbers: ${reasonOf(it)}.`;
};

/** @returns why nothing is counted here, or `undefined` when it is */
export const explainOptOut = (
  byScript: boolean,
  browser: { readonly doNotTrack: string | null; readonly globalPrivacyControl?: boolean },
): string | undefined => {
  if (byScript) return "Not counting: the script element has data-optout.";
  if (browser.doNotTrack === "1") return "Not counting: this browser asks by Do-Not-Track.";
  if (browser.globalPrivacyControl === true)
    return "Not counting: this browser asks by Global Privacy Control.";
  return undefined;
};
