import { bar, grouped, type ProgressOutput } from "../move/progress.ts";

export interface LogProgress {
  /** So many bytes more of the files are read. */
  advanced(bytes: number): void;
  /** A line more is through. */
  line(): void;
  end(): void;
}

const REDRAW_MS = 100;
const LINE_MS = 5_000;
const CLEAR_LINE = "\r\u001B[2K";

/** One line that is drawn again on a terminal, a line every few seconds elsewhere. @param now ms */
export const startLogProgress = (
  verb: string,
  totalBytes: number,
  output: ProgressOutput,
  now: () => number,
): LogProgress => {
  let bytes = 0;
  let lines = 0;
  let drawnAt = now();
  const everyMs = output.isTTY ? REDRAW_MS : LINE_MS;
  return {
    advanced(more) {
      bytes += more;
      if (now() - drawnAt < everyMs) return;
      drawnAt = now();
      const share = totalBytes === 0 ? 1 : Math.min(bytes / totalBytes, 1);
      const text = `${verb} ${bar(share)} ${grouped(lines)} lines`;
      output.write(output.isTTY ? `${CLEAR_LINE}${text}` : `${text}\n`);
    },
    line() {
      lines += 1;
    },
    end() {
      if (output.isTTY) output.write(CLEAR_LINE);
    },
  };
};
