/** The streams of `/demo/live`, registered and started as an operator does it. */
import { setTimeout as sleep } from "node:timers/promises";
import { DEMO_BROADCASTER, DEMO_CATEGORIES, DEMO_STREAMS } from "../../src/http/demo/streams.ts";

export interface DemoDeps {
  /** Of the service, without a slash at its end. */
  readonly url: string;
  readonly adminKey: string;
  /** How long the service may take to be there. */
  readonly patienceMs: number;
  log(line: string): void;
}

const TRY_EVERY_MS = 250;
const REQUEST_TIMEOUT_MS = 5_000;

/** Repeatable: whatever was registered and started before stays as it is. Says in a line what came of it. */
export const startDemoStreams = async (deps: DemoDeps): Promise<void> => {
  try {
    await untilReady(deps);
    const send = sender(deps);
    for (const [id, title] of Object.entries(DEMO_CATEGORIES)) {
      await send("PUT", `categories/${id}`, { title });
    }
    await send("PUT", `broadcasters/${DEMO_BROADCASTER.id}`, { name: DEMO_BROADCASTER.name });
    for (const { id, title, category } of DEMO_STREAMS) {
      await send("PUT", `streams/${id}`, { broadcaster: DEMO_BROADCASTER.id, title, category });
      await send("POST", `streams/${id}/start`);
    }
    deps.log(`Demo streams are live: ${deps.url}/demo/live`);
  } catch (cause) {
    deps.log(
      `Demo streams could not be started: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
};

const untilReady = async ({ url, patienceMs }: DemoDeps): Promise<void> => {
  const deadline = Date.now() + patienceMs;
  while (!(await isReady(url))) {
    if (Date.now() >= deadline) throw new Error(`${url} is not ready`);
    await sleep(TRY_EVERY_MS);
  }
};

const isReady = async (url: string): Promise<boolean> => {
  try {
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    return (await fetch(`${url}/readyz`, { signal })).ok;
  } catch {
    return false;
  }
};

const sender =
  ({ url, adminKey }: DemoDeps) =>
  async (method: string, path: string, body?: object): Promise<void> => {
    const answer = await fetch(`${url}/v1/admin/${path}`, {
      method,
      headers: { Authorization: `Bearer ${adminKey}`, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}`);
    await answer.body?.cancel();
  };
