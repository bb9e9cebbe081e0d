/** From an acknowledged view to a number that shows it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { HeadcountServer } from "./headcount-server.ts";
import { CONFIRM_PATH } from "./view-source.ts";

const SAMPLES = 24;
const APART_MS = 370;
const POLL_MS = 10;

/**
 * Contents nobody viewed before get one view each, evenly spread over the time the background load takes.
 * @returns ms from the acknowledgement to the first strong read that shows the view, ascending
 */
export const timesToVisible = async (
  { port, source }: HeadcountServer,
  background: () => Promise<unknown>,
): Promise<readonly number[]> => {
  const load = background();
  const samples: Promise<number>[] = [];
  for (let i = 0; i < SAMPLES; i += 1) {
    samples.push(timeToVisible(port, `fresh-${i}`, await source.token(`fresh-${i}`)));
    await sleep(APART_MS);
  }
  const times = await Promise.all(samples);
  await load;
  return times.sort((a, b) => a - b);
};

const timeToVisible = async (port: number, content: string, token: string): Promise<number> => {
  const origin = `http://127.0.0.1:${port}`;
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ token });
  const confirm = await fetch(`${origin}${CONFIRM_PATH}`, { method: "POST", headers, body });
  if (confirm.status !== 202) throw new Error(`${confirm.status}: ${await confirm.text()}`);
  const acknowledgedAt = performance.now();
  for (;;) {
    const answer = await fetch(`${origin}/v1/counts/${content}?consistency=strong`);
    const { views } = (await answer.json()) as { views: number };
    if (views === 1) return performance.now() - acknowledgedAt;
    await sleep(POLL_MS);
  }
};
