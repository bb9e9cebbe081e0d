/** What `npm run bench -- live` says, and what of it is a broken promise. */
import type { ChurnReport, QuietReport, RoundReport } from "./live-driver.ts";
import { median } from "./statistics.ts";

export interface PlaceRun {
  readonly joinsPerSecond: number;
  readonly bytesPerSocket: number;
  readonly rounds: readonly RoundReport[];
}

export interface LiveRun {
  readonly sockets: number;
  readonly seconds: number;
  readonly churn: ChurnReport;
  /** CPU time of the service over the churn, one core being 1. */
  readonly cpuShare: number;
  /** What the clients know after the churn, and after the rounds. */
  readonly quiet: QuietReport;
  readonly after: QuietReport;
  /** What the room says after the churn. */
  readonly numbers: { readonly viewers: number; readonly total: number };
  readonly room: PlaceRun;
  readonly plain: PlaceRun;
}

/** A socket is told at most so often. */
const PAUSE_MIN_MS = 1_000;

export const brokenPromises = ({ quiet, after, numbers, churn }: LiveRun): readonly string[] => {
  const broken: string[] = [];
  const { viewers, visitors, lastValues, lostCodes } = quiet;
  if (numbers.viewers !== viewers) {
    broken.push(`the room has ${numbers.viewers} viewers, ${viewers} are there`);
  }
  if (numbers.total !== visitors) {
    broken.push(`the room had ${numbers.total} visitors, ${visitors} were there`);
  }
  if (lastValues.length !== 1 || lastValues[0] !== viewers) {
    broken.push(`sockets were last told ${lastValues.join(", ")} viewers, ${viewers} are there`);
  }
  if (churn.largestDrift > 0) broken.push(`${churn.largestDrift} viewers off after 2 s`);
  if (after.shortestPauseMs < PAUSE_MIN_MS) {
    broken.push(`a socket was told twice within ${after.shortestPauseMs} ms`);
  }
  if (lostCodes.length > 0) {
    broken.push(
      `${lostCodes.length} sockets were ended, with ${[...new Set(lostCodes)].join(", ")}`,
    );
  }
  return broken;
};

export const liveReport = (run: LiveRun): string =>
  [churnTable(run), placesTable(run)].join("\n\n");

const churnTable = ({ sockets, seconds, churn, cpuShare, quiet, after, numbers }: LiveRun) => {
  const rows: readonly (readonly [string, string])[] = [
    ["sockets", whole(sockets)],
    ["seconds of leaves and joins", `${seconds}`],
    ["leaves, and as many joins", whole(churn.leaves)],
    ["distinct viewers at the end, by the clients", whole(quiet.viewers)],
    ["the same, by the room", whole(numbers.viewers)],
    [
      "distinct visitors over all, by the clients / by the room",
      `${whole(quiet.visitors)} / ${whole(numbers.total)}`,
    ],
    ["largest drift meanwhile, 2 s allowed", `${churn.largestDrift} (${churn.samples} looks)`],
    ["last values the sockets know", quiet.lastValues.map(whole).join(", ")],
    ["count messages", whole(quiet.counts)],
    ["shortest time between two pushes to a socket, ms", whole(after.shortestPauseMs)],
    ["sockets the service ended", `${quiet.lostCodes.length}`],
    [
      "first to last receipt of a push meanwhile, p50 / p99, ms",
      `${tenth(churn.spreadMs.p50)} / ${tenth(churn.spreadMs.p99)}`,
    ],
    ["CPU of the service meanwhile, of one core", `${Math.round(cpuShare * 100)} %`],
  ];
  return [
    "| a room under churn | |",
    "| --- | --- |",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");
};

const placesTable = ({ sockets, room, plain }: LiveRun): string => {
  const row = (name: string, of: (place: PlaceRun) => number, show: (value: number) => string) =>
    `| ${[name, show(of(room)), show(of(plain)), (of(room) / of(plain)).toFixed(2)].join(" | ")} |`;
  const later = (pick: (round: RoundReport) => number) => (place: PlaceRun) =>
    median(place.rounds.slice(1).map(pick));
  const first = (pick: (round: RoundReport) => number) => (place: PlaceRun) =>
    median(place.rounds.slice(0, 1).map(pick));
  const longest = (pick: (round: RoundReport) => number) => (place: PlaceRun) =>
    Math.max(...place.rounds.slice(1).map(pick));
  const spread = ({ spreadMs }: RoundReport) => spreadMs;
  const last = ({ lastMs }: RoundReport) => lastMs;
  return [
    `| ${whole(sockets)} sockets | room | plain \`ws\` | ratio |`,
    "| --- | --- | --- | --- |",
    row("joins/s while all connect", (place) => place.joinsPerSecond, whole),
    row("memory a socket, KB", (place) => place.bytesPerSocket / 1_000, tenth),
    row("a push, first to last receipt, median of rounds, ms", later(spread), tenth),
    row("the same, longest", longest(spread), tenth),
    row("the same, first round", first(spread), tenth),
    row("from a leave or join to the last receipt, median, ms", later(last), tenth),
    row("the same, longest", longest(last), tenth),
    row("the same, first round", first(last), tenth),
  ].join("\n");
};

const whole = (value: number): string => Math.round(value).toLocaleString("en");
const tenth = (value: number): string => value.toFixed(1);
