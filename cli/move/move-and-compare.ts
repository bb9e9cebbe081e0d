/** Everything from D1 to MySQL, and whether it has come over. */
import { Failure } from "../../dev/run/flags.ts";
import { openLocalDatabase } from "../../dev/run/local-database.ts";
import type { LocalStore } from "../../dev/run/local-store.ts";
import { DatabaseError } from "../../src/ports/database.ts";
import type { MoveFlags } from "../flags.ts";
import { type Bookmark, readBookmark, removeBookmark, saveBookmark } from "./bookmark.ts";
import { openDump } from "./dump.ts";
import { openLocalD1 } from "./local-d1.ts";
import { move } from "./move.ts";
import { startProgress } from "./progress.ts";
import { conclude, describeVerdict } from "./report.ts";
import { openSource, type Source } from "./source.ts";
import { MOVE_TABLES } from "./tables.ts";
import { openTarget, RefusedRow, type Target } from "./target.ts";
import { type Verdict, verifyTable } from "./verify.ts";

interface Sides {
  readonly flags: MoveFlags;
  readonly source: Source;
  readonly target: Target;
  /** Which they are. */
  readonly pair: string;
  /** Rows of the source's tables. */
  readonly totals: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
}

/**
 * The state has to be locked.
 * @param untilInterrupted is called once the source is open: Miniflare's own ways to end the process are there by then
 * @throws Failure when rows are missing or different; nothing else is left to mend than to run it again
 */
export const moveAndCompare = async (
  flags: MoveFlags,
  untilInterrupted: () => AbortSignal,
): Promise<void> => {
  const { state, file } = flags;
  const source = await openSource(
    file === undefined ? await openLocalD1(state) : await openDump(file, state),
  );
  // A page is finished first.
  const signal = untilInterrupted();
  let database: LocalStore | undefined;
  try {
    database = await openLocalDatabase(flags.target);
    await between(flags, source, database, signal);
  } catch (cause) {
    throw explained(cause, signal);
  } finally {
    await database?.stop();
    await source.close();
  }
};

const between = async (
  flags: MoveFlags,
  source: Source,
  { variables, description }: LocalStore,
  signal: AbortSignal,
): Promise<void> => {
  const { DATABASE_URL: url = "" } = variables;
  console.log(`From ${source.description} to ${description}`);
  const target = openTarget(url, signal);
  const totals = await countAll(source);
  const sides = { flags, source, target, totals, signal };
  const pair = `${source.identity} to ${targetIdentity(flags)}`;
  const moved = flags.verifyOnly ? undefined : await moveAll({ ...sides, pair });
  const verdicts = await verifyAll({ ...sides, pair });
  // The next run, if there has to be one, moves everything again.
  if (!flags.verifyOnly) removeBookmark(flags.state);
  for (const verdict of verdicts) console.log(describeVerdict(verdict));
  const conclusion = conclude(verdicts, moved);
  if (!conclusion.isSound) throw new Failure(conclusion.text);
  console.log(conclusion.text);
};

/** Without the password, which may change. */
const targetIdentity = ({ target: { url } }: MoveFlags): string => {
  if (url === undefined) return "private";
  const { protocol, host, username, pathname } = new URL(url);
  return `${protocol}//${username}@${host}${pathname}`;
};

const countAll = async (source: Source): Promise<Readonly<Record<string, number>>> => {
  const totals: Record<string, number> = {};
  for (const table of MOVE_TABLES) totals[table.name] = await source.count(table);
  return totals;
};

const moveAll = async (sides: Sides): Promise<Bookmark> => {
  const { flags, pair, totals } = sides;
  const progress = startProgress({ verb: "Moving", totals, ...TERMINAL });
  try {
    return await move(
      {
        ...sides,
        tables: MOVE_TABLES,
        save: (bookmark) => saveBookmark(flags.state, bookmark),
        report: progress.report,
      },
      beginning(flags, pair),
    );
  } finally {
    progress.end();
  }
};

const TERMINAL = { output: process.stderr, now: () => performance.now() };

const beginning = ({ state, restart }: MoveFlags, pair: string): Bookmark => {
  const nothing = { pair, tables: {} };
  const bookmark = restart ? undefined : readBookmark(state);
  if (bookmark === undefined) return nothing;
  if (bookmark.pair !== pair) {
    throw new Failure(
      `A move from ${bookmark.pair} has not come to its end, and this one is from ${pair}. Finish that one, or begin this one with --restart`,
    );
  }
  console.log("Going on from where the last run ended; --restart begins anew");
  return bookmark;
};

const verifyAll = async (sides: Sides): Promise<readonly Verdict[]> => {
  const progress = startProgress({ verb: "Comparing", totals: sides.totals, ...TERMINAL });
  const verdicts: Verdict[] = [];
  try {
    for (const table of MOVE_TABLES) {
      verdicts.push(await verifyTable({ ...sides, report: progress.report }, table));
    }
  } finally {
    progress.end();
  }
  return verdicts;
};

const explained = (cause: unknown, signal: AbortSignal): unknown => {
  if (signal.aborted) return new Failure("Interrupted; run it again to go on from here", { cause });
  if (cause instanceof RefusedRow) return new Failure(cause.message, { cause });
  if (!(cause instanceof DatabaseError)) return cause;
  return new Failure(`The target failed: ${cause.message}. Run it again to go on from here`, {
    cause,
  });
};
