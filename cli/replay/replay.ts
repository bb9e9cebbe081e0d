/** `headcount replay`: the views that an access log tells of, into the hours they happened in. */
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../dev/run/flags.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/core/limits.ts";
import { hourOf } from "../../src/core/views/ledger.ts";
import { earliestReplayed } from "../../src/core/views/replayed.ts";
import { untilInterrupted } from "../interrupted.ts";
import { grouped } from "../move/progress.ts";
import { serviceApi } from "../service/api.ts";
import { askAt, type ServiceAddress } from "../service/ask.ts";
import { historyApi } from "../service/history-api.ts";
import { startOrderProgress } from "../service/report.ts";
import { Account } from "./account.ts";
import { parseReplayFlags, type ReplayFlags } from "./flags.ts";
import { openLog } from "./lines.ts";
import { startLogProgress } from "./progress.ts";
import { describeAccount, describeSent, describeSettled } from "./report.ts";
import { Sender } from "./sender.ts";
import { settle } from "./settle.ts";
import { type Walk, type Walked, walkLogs } from "./walk.ts";

/** An hour is over for the service, too, whose clock may be behind. */
const OVER_FOR_MS = MINUTE_MS;

/**
 * Reads everything before anything is sent, so that of a file that is not sound nothing is. @throws Failure when
 * something is left
 */
export const replay = async (args: readonly string[]): Promise<void> => {
  const flags = parseReplayFlags(args);
  const signal = untilInterrupted();
  const now = Date.now();
  const files = await Promise.all(flags.paths.map(openLog));
  const walk = { files, rules: flags.rules, earliest: earliestReplayed(now), latest: now };
  const account = new Account();
  await eachLine("Reading", walk, signal, (walked) => account.take(walked));
  console.log(describeAccount(account));
  if (account.lines > 0 && account.droppedFor("malformed") === account.lines) {
    throw new Failure("No line is one of an access log (combined, or JSON): nothing was sent");
  }
  if (flags.address === undefined || account.events === 0) {
    console.log("Nothing was sent");
    return;
  }
  await send({ flags, walk, signal, address: flags.address, total: account.events });
};

type Lines = Omit<Walk, "advanced">;

const eachLine = async (
  verb: string,
  lines: Lines,
  signal: AbortSignal,
  visit: (walked: Walked) => Promise<void> | void,
): Promise<void> => {
  const bytes = lines.files.reduce((sum, file) => sum + file.bytes, 0);
  const progress = startLogProgress(verb, bytes, process.stderr, () => performance.now());
  try {
    for await (const walked of walkLogs({ ...lines, advanced: progress.advanced })) {
      if (signal.aborted) throw interrupted();
      progress.line();
      await visit(walked);
    }
  } finally {
    progress.end();
  }
};

const interrupted = (): Failure =>
  new Failure("Interrupted: the same command again does the rest, and counts nothing twice");

interface Sending {
  readonly flags: ReplayFlags;
  readonly walk: Lines;
  readonly signal: AbortSignal;
  readonly address: ServiceAddress;
  /** Events there are. */
  readonly total: number;
}

const send = async ({ flags, walk, signal, address, total }: Sending): Promise<void> => {
  const history = historyApi(askAt(address, signal));
  const sent = new Map<number, number>();
  const refused = new Map<string, number>();
  let accepted = 0;
  const pause = async (ms: number) => void (await sleep(ms, undefined, { signal }).catch(() => 0));
  const deps = { now: () => performance.now(), pause, signal, patienceMs: flags.patienceMs };
  const sender = new Sender({
    ...deps,
    post: history.replay,
    answered: (events, answers) => {
      for (const [index, { id }] of events.entries()) {
        const { status, reason = "it says not why" } = answers[index] ?? { status: "refused" };
        if (status === "refused") refused.set(reason, (refused.get(reason) ?? 0) + 1);
        else {
          accepted += 1;
          const hour = hourOf(timeOfId(id));
          sent.set(hour, (sent.get(hour) ?? 0) + 1);
        }
      }
    },
  });
  try {
    await eachLine("Sending", walk, signal, (walked) =>
      walked.kind === "event" ? sender.add(walked.event) : undefined,
    );
    await sender.end();
  } catch (cause) {
    if (signal.aborted) throw interrupted();
    if (!(cause instanceof Failure)) throw cause;
    const way = `${grouped(accepted)} of ${grouped(total)} events are on disk there`;
    throw new Failure(`${cause.message}\n${way}; the same command again does the rest`);
  }
  console.log(describeSent({ accepted, refused }));
  if (!flags.noWait) await correctThem(address, deps, sent);
  else console.log("Their hours are corrected by the service, within the next hour");
};

/** An id was made of the time. */
const timeOfId = (id: string): number => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

interface Waiting {
  now(): number;
  pause(ms: number): Promise<void>;
  readonly signal: AbortSignal;
  readonly patienceMs: number;
}

/** @throws Failure when some are left */
const correctThem = async (
  address: ServiceAddress,
  deps: Waiting,
  sent: ReadonlyMap<number, number>,
): Promise<void> => {
  const overAt = Date.now() - HOUR_MS - OVER_FOR_MS;
  const over = new Map([...sent].filter(([hour]) => hour <= overAt));
  if (over.size < sent.size) {
    console.log("What lies in the hour under way is corrected when it is over");
  }
  if (over.size === 0) return;
  const progress = startOrderProgress("Correcting", process.stderr, deps.now);
  const api = serviceApi(address, deps.signal);
  const history = historyApi(askAt(address, deps.signal));
  const { report } = progress;
  const settled = await settle({ ...deps, api, history, report }, over).finally(progress.end);
  if (deps.signal.aborted) throw new Failure("Interrupted. The service corrects them by itself");
  if (settled.left > 0) throw new Failure(describeSettled(settled));
  console.log(describeSettled(settled));
};
