/** Makes a stream live, and ends it, as an operator does, for proofs and benchmarks. Repeatable. */

const REQUEST_TIMEOUT_MS = 10_000;

export interface LiveStreamRequest {
  /** Of the service, without a slash at its end. */
  readonly url: string;
  readonly adminKey: string;
  readonly stream: string;
  /** `public` unless it says so. */
  readonly visibility?: "public" | "private";
}

/** @throws when a request is not answered with 200 */
export const startLiveStream = async (request: LiveStreamRequest): Promise<void> => {
  const { stream, visibility = "public" } = request;
  const send = sender(request);
  await send("PUT", `categories/${stream}`, { title: stream });
  await send("PUT", `broadcasters/${stream}`, { name: stream });
  const its = { broadcaster: stream, title: stream, category: stream, visibility };
  await send("PUT", `streams/${stream}`, its);
  await send("POST", `streams/${stream}/start`);
};

/** @throws when it is not answered with 200 */
export const endLiveStream = (request: LiveStreamRequest): Promise<void> =>
  sender(request)("POST", `streams/${request.stream}/end`);

const sender =
  ({ url, adminKey }: LiveStreamRequest) =>
  async (method: string, path: string, body?: object): Promise<void> => {
    const answer = await fetch(`${url}/v1/admin/${path}`, {
      method,
      headers: { Authorization: `Bearer ${adminKey}`, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    await answer.body?.cancel();
  };
