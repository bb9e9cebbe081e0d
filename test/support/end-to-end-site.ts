/** A site that counts with a service: its visitors, its readers and its operator, over HTTP as all of them. */
import { setTimeout as sleep } from "node:timers/promises";

export interface Site {
  /** Opens a page of `content`. @param client the browser's id, if it has one @returns its token */
  open(
    content: string,
    client?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<string>;
  /** As pages do: again once it is not too early. @returns what became of each token, in their order */
  confirm(tokens: readonly string[]): Promise<readonly unknown[]>;
  /** @returns the JSON of an answer. @throws unless that is 200 */
  read(path: string): Promise<unknown>;
  /** @returns the status of an answer, whatever it is */
  statusOf(path: string): Promise<number>;
  /** As its operator. @returns the JSON of an answer. @throws unless that is 200 */
  operate(method: "GET" | "PUT" | "POST", path: string, body?: object): Promise<unknown>;
}

export interface SiteOptions {
  /** Of the service, without a slash at its end. */
  readonly url: string;
  readonly adminKey: string;
}

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** Longer than any answer takes on a machine that is busy. */
const REQUEST_TIMEOUT_MS = 30_000;

interface Minted {
  readonly token: string;
}

interface Confirmed {
  readonly results: readonly { readonly ack?: string; readonly retryAfterMs?: number }[];
}

export const siteAt = ({ url, adminKey }: SiteOptions): Site => {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "User-Agent": BROWSER, ...headers },
      body: JSON.stringify(body),
    });
  const confirm = async (tokens: readonly string[]): Promise<readonly unknown[]> => {
    const { results } = (await (
      await post("/v1/views/confirm?wait=5", { tokens })
    ).json()) as Confirmed;
    const earlyMs = Math.max(...results.map(({ retryAfterMs = 0 }) => retryAfterMs));
    if (earlyMs === 0) return results.map(({ ack }) => ack);
    await sleep(earlyMs);
    return confirm(tokens);
  };
  return {
    confirm,
    open: async (content, client, headers) => {
      const answer = await post("/v1/views", { content, client }, headers);
      return ((await answer.json()) as Minted).token;
    },
    read: async (path) => jsonOf(path, await ask(path)),
    statusOf: async (path) => {
      const { status, body } = await ask(path);
      await body?.cancel();
      return status;
    },
    operate: async (method, path, body) => {
      const headers = { Authorization: `Bearer ${adminKey}`, "Content-Type": "application/json" };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      return jsonOf(path, await ask(`/v1/admin${path}`, init));
    },
  };
};

const jsonOf = async (path: string, answer: Response): Promise<unknown> => {
  if (answer.status === 200) return answer.json();
  throw new Error(`${path} was answered ${answer.status} ${await answer.text()}`);
};
