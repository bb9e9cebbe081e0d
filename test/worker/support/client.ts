import { exports } from "cloudflare:workers";
import { expect } from "vitest";

const ORIGIN = "https://headcount.test";

/** A browser of today. */
export const BROWSER =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

type Headers = Readonly<Record<string, string>>;

interface Post {
  readonly headers?: Headers;
  readonly cf?: CfProperties;
  readonly signal?: AbortSignal;
}

export const makePost = (path: string, body: BodyInit, { headers, ...init }: Post = {}): Request =>
  new Request(`${ORIGIN}${path}`, {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json", "User-Agent": BROWSER, ...headers },
    ...init,
  });

/** Any other request; a body goes as JSON. */
export const makeRequest = (
  method: string,
  path: string,
  { body, headers }: { readonly body?: unknown; readonly headers?: Headers } = {},
): Request =>
  new Request(`${ORIGIN}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

export const makeGet = (path: string, headers: Headers = {}): Request =>
  new Request(`${ORIGIN}${path}`, { headers });

/** To the Worker, in a request context of its own. */
export const send = (request: Request): Promise<Response> => exports.default.fetch(request);

export const get = (path: string, headers: Headers = {}): Promise<Response> =>
  send(makeGet(path, headers));

export const mint = (body: unknown, post: Post = {}): Promise<Response> =>
  send(makePost("/v1/views", JSON.stringify(body), post));

export const confirm = (body: unknown, post: Post = {}): Promise<Response> =>
  send(makePost("/v1/views/confirm?wait=10", JSON.stringify(body), post));

/** Tokens in bodies of 50, each of them durable. */
export const confirmAll = async (tokens: readonly string[], post: Post = {}): Promise<void> => {
  for (let from = 0; from < tokens.length; from += 50) {
    const answer = await confirm({ tokens: tokens.slice(from, from + 50) }, post);
    expect(answer.status).toBe(200);
    const { results } = await answer.json<{ results: readonly { ack?: string }[] }>();
    for (const { ack } of results) expect(ack).toBe("durable");
  }
};

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly [member: string]: unknown;
}

/** Every error is a problem document (RFC 9457) that repeats its status. */
export const problemOf = async (answer: Response): Promise<Problem> => {
  expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  const problem = await answer.json<Problem>();
  expect(problem.status).toBe(answer.status);
  expect(problem.title).not.toBe("");
  return problem;
};

/** @returns `[status, code]` of an error */
export const refusalOf = async (answer: Response): Promise<readonly [number, string]> => {
  const { status, code } = await problemOf(answer);
  return [status, code];
};

export const viewsOf = async (content: string): Promise<number> => {
  const answer = await get(`/v1/counts/${content}?consistency=strong`);
  expect(answer.status).toBe(200);
  return (await answer.json<{ views: number }>()).views;
};
