/** How far a long work is: one line that is drawn again on a terminal, a line every few seconds elsewhere. */

export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export interface Progress {
  /** @param done rows of `table` that are through, those of an earlier run among them */
  report(table: string, done: number): void;
  /** Says what was done. */
  end(): void;
}

export interface ProgressOptions {
  readonly verb: string;
  /** Rows of each table. */
  readonly totals: Readonly<Record<string, number>>;
  readonly output: ProgressOutput;
  /** Ms of a clock that never goes back. */
  readonly now: () => number;
}

const REDRAW_MS = 100;
const LINE_MS = 5_000;
const BAR_CHARS = 24;
const CLEAR_LINE = "\r\u001B[2K";

export const startProgress = ({ verb, totals, output, now }: ProgressOptions): Progress => {
  const total = sum(Object.values(totals));
  const done: Record<string, number> = {};
  const startedAt = now();
  let startedWith: number | undefined;
  let current = "";
  let drawnAt = Number.NEGATIVE_INFINITY;

  const draw = (): void => {
    drawnAt = now();
    const through = sum(Object.values(done));
    const perSecond = ((through - (startedWith ?? 0)) * 1_000) / Math.max(drawnAt - startedAt, 1);
    const rows = `${current} ${grouped(done[current] ?? 0)}/${grouped(totals[current] ?? 0)}`;
    const eta = perSecond > 0 ? `, ${minutes((total - through) / perSecond)} left` : "";
    const share = total === 0 ? 1 : through / total;
    const text = `${verb} ${bar(share)} ${rows}, ${grouped(perSecond)} rows/s${eta}`;
    output.write(output.isTTY ? `${CLEAR_LINE}${text}` : `${text}\n`);
  };

  return {
    report(table, rows) {
      // In the target there may be more than there were in the source.
      const known = Math.min(rows, totals[table] ?? 0);
      // What an earlier run has done says nothing of this one's pace.
      startedWith = (startedWith ?? 0) + (table === current ? 0 : known);
      done[table] = known;
      current = table;
      if (now() - drawnAt >= (output.isTTY ? REDRAW_MS : LINE_MS)) draw();
    },
    end() {
      const rows = sum(Object.values(done));
      const fresh = rows - (startedWith ?? 0);
      const ms = Math.max(now() - startedAt, 1);
      const text = `${verb}: ${grouped(rows)} of ${grouped(total)} rows, ${grouped(fresh)} of them in ${minutes(ms / 1_000)} (${grouped((fresh * 1_000) / ms)} rows/s)`;
      output.write(output.isTTY ? `${CLEAR_LINE}${text}\n` : `${text}\n`);
    },
  };
};

export const bar = (share: number): string => {
  const filled = Math.round(share * BAR_CHARS);
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  return `[${"#".repeat(filled)}${"-".repeat(BAR_CHARS - filled)}] ${percent} %`;
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const grouped = (value: number): string => Math.round(value).toLocaleString("en-US");

const minutes = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${`${Math.floor(seconds % 60)}`.padStart(2, "0")}`;
