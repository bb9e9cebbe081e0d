/** What Redis has, read past the service: never what a reader gets who falls through to the objects. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SendCommand } from "./service.ts";

type Numbers = ReadonlyMap<string, number>;

const PIPELINED = 1_000;
const LOOK_MS = 250;

/** A content's number: the sum of its shards' parts, each `<stamp> <views> <asOf>`; absent when it has none. */
export const viewsIn = async (send: SendCommand, contents: readonly string[]): Promise<Numbers> => {
  const views = new Map<string, number>();
  for (let from = 0; from < contents.length; from += PIPELINED) {
    const some = contents.slice(from, from + PIPELINED);
    const all = await Promise.all(some.map((content) => send("HVALS", `count:{${content}}`)));
    for (const [i, parts] of all.entries()) {
      if (!Array.isArray(parts) || parts.length === 0) continue;
      const sum = parts.reduce((sum: number, part) => sum + viewsOfPart(`${part}`), 0);
      views.set(some[i] ?? "", sum);
    }
  }
  return views;
};

const viewsOfPart = (part: string): number => {
  const [, views] = part.split(" ");
  return Number(views);
};

/**
 * Resolves when Redis has of every content at least that number. Looks no closer while there are fewer keys than
 * contents: that would cost Redis more than all the readers.
 * @param log told how far it is, each second
 */
export const untilComplete = async (
  send: SendCommand,
  least: Numbers,
  log: (line: string) => void,
): Promise<void> => {
  const startedAt = performance.now();
  let missing = [...least.keys()];
  for (let toldAt = startedAt; missing.length > 0; await sleep(LOOK_MS)) {
    const keys = Number(await send("DBSIZE"));
    if (keys >= least.size) {
      const views = await viewsIn(send, missing);
      missing = missing.filter((id) => (views.get(id) ?? -1) < (least.get(id) ?? 0));
    }
    if (missing.length > 0 && performance.now() - toldAt < 1_000) continue;
    toldAt = performance.now();
    const seconds = ((toldAt - startedAt) / 1_000).toFixed(1);
    log(`  ${seconds.padStart(5)} s  ${keys} keys, ${least.size - missing.length} contents whole`);
  }
};

/** Resolves when every stream is in the list, as heard of since then. @param since unix ms */
export const untilListed = async (
  send: SendCommand,
  streams: readonly string[],
  since: number,
): Promise<void> => {
  for (;;) {
    const [listed, heard] = await Promise.all([
      send("ZRANGE", "{live}:all", "0", "-1"),
      send("ZRANGEBYSCORE", "{live}:heard", `${since}`, "+inf"),
    ]);
    const all = new Set(textsOf(listed));
    const recent = new Set(textsOf(heard));
    if (streams.every((stream) => all.has(stream) && recent.has(stream))) return;
    await sleep(LOOK_MS);
  }
};

const textsOf = (reply: unknown): string[] => (Array.isArray(reply) ? reply.map(String) : []);
