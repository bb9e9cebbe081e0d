/** Characters given to the compressor at once. */
const PIECE_CHARACTERS = 64 * 1024;

const encoder = new TextEncoder();

/**
 * The lines, each with its end, as gzip. The text never exists as a whole.
 * @param letOthers gives others a turn, between pieces: some megabytes would keep an object to themselves for a second
 */
export const gzipLines = (
  lines: Iterable<string>,
  letOthers: () => Promise<unknown>,
): Promise<ArrayBuffer> => {
  const pieces = textPieces(lines);
  const text = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await letOthers();
      const { value, done } = pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
  return new Response(text.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
};

function* textPieces(lines: Iterable<string>): Generator<string, undefined> {
  let piece = "";
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
  return undefined;
}

/** Bytes read at once. The runtime's own pieces are 4 KB: waiting for each costs more than the gunzip. */
const PIECE_BYTES = 64 * 1024;

/** Waits for a piece of the stream; throws when it takes too long. */
export type InTime = <T>(piece: Promise<T>) => Promise<T>;

/**
 * Lines of gzip, as many at a time as a piece of the stream has; the last one needs no end.
 * @throws at a piece that is no gzip or no UTF-8, and when the stream ends before the gzip does
 */
export async function* gunzipLines(
  stream: ReadableStream<Uint8Array>,
  inTime: InTime,
): AsyncGenerator<readonly string[]> {
  const reader = stream.pipeThrough(new DecompressionStream("gzip")).getReader({ mode: "byob" });
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = "";
  try {
    for (let buffer = new Uint8Array(PIECE_BYTES); ; ) {
      const { value, done } = await inTime(reader.readAtLeast(PIECE_BYTES, buffer));
      const lines = (rest + decoder.decode(value, { stream: !done })).split("\n");
      rest = lines.pop() ?? "";
      if (lines.length > 0) yield lines;
      if (done || value === undefined) break;
      buffer = new Uint8Array(value.buffer);
    }
    if (rest !== "") yield [rest];
  } finally {
    // Whoever left early wants no more of it; nobody waits for what may never answer.
    reader.cancel().catch(() => undefined);
  }
}
