import { NO_ANSWER } from "./limits.ts";
import { service } from "./script.ts";

/** What the service answers, all of it JSON. */
export interface Answer {
  /** Also a failure's when there was no answer, or none of the service's own. */
  readonly status: number;
  readonly content?: string;
  readonly token?: string;
  readonly confirmAfterMs?: number;
  readonly retryAfterMs?: number;
  readonly counts?: readonly { readonly content: string; readonly views: number }[];
}

/** @param body a string goes as `text/plain`, which needs no preflight; with one it is a POST that outlives the page */
export const request = (path: string, body?: string): Promise<Answer> =>
  fetch(service + path, body ? { method: "POST", body, keepalive: true } : { cache: "no-store" })
    .then(async (answer) => ({ ...(await answer.json()), status: answer.status }))
    .catch(() => ({ status: NO_ANSWER }));
