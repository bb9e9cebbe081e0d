/** `headcount rebuild`, `correct` and `corrections`: what an operator tells a running service, and what came of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../dev/run/flags.ts";
import { untilInterrupted } from "../interrupted.ts";
import { serviceApi, type Taken } from "./api.ts";
import {
  type OrderFlags,
  parseCorrectFlags,
  parseCorrectionsFlags,
  parseRebuildFlags,
} from "./flags.ts";
import { follow } from "./follow.ts";
import { concludeOrder, describeCorrections, describeWays, startOrderProgress } from "./report.ts";

/** @throws Failure when something is left */
export const rebuild = (args: readonly string[]): Promise<void> =>
  giveOrder("rebuild", "Rebuilding", parseRebuildFlags(args));

/** @throws Failure when something is left */
export const correct = (args: readonly string[]): Promise<void> =>
  giveOrder("correct", "Correcting", parseCorrectFlags(args));

export const corrections = async (args: readonly string[]): Promise<void> => {
  const { address, limit } = parseCorrectionsFlags(args);
  console.log(
    describeCorrections(await serviceApi(address, untilInterrupted()).corrections(limit)),
  );
};

const giveOrder = async (
  path: "correct" | "rebuild",
  verb: string,
  { address, body, patienceMs }: OrderFlags,
): Promise<void> => {
  const signal = untilInterrupted();
  const api = serviceApi(address, signal);
  const taken = await api.order(path, body).catch((cause): readonly Taken[] => {
    if (!signal.aborted) throw cause;
    throw new Failure("Interrupted before the service answered: it may have taken the order");
  });
  const now = () => performance.now();
  const progress = startOrderProgress(verb, process.stderr, now);
  const pause = async (ms: number) => void (await sleep(ms, undefined, { signal }).catch(() => 0));
  const { correctors } = api;
  const { report } = progress;
  const ways = await follow({ correctors, report, now, pause, signal, patienceMs }, taken).finally(
    progress.end,
  );
  if (signal.aborted) {
    throw new Failure(
      "Interrupted. The service goes on by itself; GET /v1/admin/status says how far it is",
    );
  }
  console.log(describeWays(ways));
  const { isDone, text } = concludeOrder(ways);
  if (!isDone) throw new Failure(text);
  console.log(text);
};
