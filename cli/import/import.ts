/** `headcount import`: views that contents bring along from elsewhere. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Failure, UsageError } from "../../dev/run/flags.ts";
import { untilInterrupted } from "../interrupted.ts";
import { grouped } from "../move/progress.ts";
import { askAt, Unreachable } from "../service/ask.ts";
import { ADDRESS_OPTIONS, addressOf } from "../service/flags.ts";
import { historyApi, type ImportedCount } from "../service/history-api.ts";
import { strictly } from "../strictly.ts";
import { readCounts } from "./counts.ts";

/** Contents of one call: two requests of the service's own each, of which a plan may allow a thousand. */
const BATCH = 200;
const SHOWN = 5;
const ATTEMPTS = 6;
const PAUSE_MS = 1_000;

/** @throws Failure when some of it is not sound, and then nothing is sent */
export const importCounts = async (args: readonly string[]): Promise<void> => {
  const { values, positionals } = strictly(() =>
    parseArgs({
      args: [...args],
      options: { ...ADDRESS_OPTIONS, "dry-run": { type: "boolean", default: false } },
      allowPositionals: true,
    }),
  );
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) {
    throw new UsageError("import needs one file: headcount import FILE");
  }
  const address = values["dry-run"] ? undefined : addressOf(values);
  const counts = await countsIn(path);
  const views = counts.reduce((sum, count) => sum + count.views, 0);
  const found = `${grouped(counts.length)} contents with ${grouped(views)} views`;
  if (address === undefined || counts.length === 0)
    return console.log(`${found}: nothing was sent`);
  const signal = untilInterrupted();
  const history = historyApi(askAt(address, signal));
  for (let from = 0; from < counts.length; from += BATCH) {
    const batch = counts.slice(from, from + BATCH);
    await untilTaken(() => history.importCounts(batch), signal).catch((cause: unknown) => {
      if (!(cause instanceof Failure)) throw cause;
      const way = `${grouped(from)} of ${found} are set; the same command again sets all of them`;
      throw new Failure(`${cause.message}\n${way}`);
    });
  }
  console.log(`${found}: set`);
};

/** @throws Failure naming the first lines that are wrong */
const countsIn = async (path: string): Promise<readonly ImportedCount[]> => {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new Failure(`${path} cannot be read: ${cause.message}`);
  });
  const { counts, unsound } = readCounts(text);
  if (unsound.length === 0) return counts;
  const more = unsound.length > SHOWN ? `\n… and ${grouped(unsound.length - SHOWN)} more` : "";
  throw new Failure(
    `${path} is not sound, and nothing was sent:\n${unsound.slice(0, SHOWN).join("\n")}${more}`,
  );
};

const untilTaken = async (work: () => Promise<number>, signal: AbortSignal): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (cause) {
      if (!(cause instanceof Unreachable) || signal.aborted || attempt === ATTEMPTS) throw cause;
    }
    await sleep(PAUSE_MS * attempt, undefined, { signal }).catch(() => undefined);
  }
};
