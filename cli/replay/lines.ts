/** The lines of a log, one after the other, however large it is. */
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { Failure } from "../../dev/run/flags.ts";

export interface LogFile {
  readonly path: string;
  /** As far as it is read: a log that is written to goes on growing. */
  readonly bytes: number;
  readonly isGzip: boolean;
}

/** Longer than any server writes one: what goes on further is no line. */
const LINE_MAX_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** @throws Failure when it cannot be read */
export const openLog = async (path: string): Promise<LogFile> => {
  try {
    await using file = await open(path);
    const stat = await file.stat();
    if (!stat.isFile()) throw new Failure(`${path} is no file`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    const isGzip = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    return { path, bytes: stat.size, isGzip };
  } catch (cause) {
    throw unreadable(path, cause);
  }
};

/**
 * Without their ends, LF or CRLF; the last one also when nothing ends it.
 * @param advanced is told how many bytes of the file were read
 * @returns `undefined` in place of a line that is too long
 * @throws Failure when the file cannot be read, or is no whole gzip
 */
export async function* linesOf(
  { path, bytes, isGzip }: LogFile,
  advanced: (bytes: number) => void = () => undefined,
): AsyncGenerator<Buffer | undefined> {
  if (bytes === 0) return;
  try {
    const file = await open(path);
    const stored = told(file.createReadStream({ end: bytes - 1 }), advanced);
    yield* split(isGzip ? pipeline(stored, createGunzip(), () => undefined) : stored);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function* told(
  pieces: AsyncIterable<Buffer>,
  advanced: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    advanced(piece.length);
    yield piece;
  }
}

async function* split(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  const take = (end: Buffer): Buffer | undefined => {
    const line =
      begunBytes + end.length > LINE_MAX_BYTES ? undefined : Buffer.concat([...begun, end]);
    begun = [];
    begunBytes = 0;
    return line?.at(-1) === RETURN ? line.subarray(0, -1) : line;
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let to = piece.indexOf(NEWLINE); to >= 0; to = piece.indexOf(NEWLINE, from)) {
      yield take(piece.subarray(from, to));
      from = to + 1;
    }
    const rest = piece.subarray(from);
    // Of a line that is too long already nothing more is kept.
    if (begunBytes <= LINE_MAX_BYTES) begun.push(rest);
    begunBytes += rest.length;
  }
  if (begunBytes > 0) yield take(Buffer.alloc(0));
}

const unreadable = (path: string, cause: unknown): Failure => {
  if (cause instanceof Failure) return cause;
  return new Failure(`${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`);
};
