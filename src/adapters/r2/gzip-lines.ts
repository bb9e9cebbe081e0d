/** Characters given to the compressor at once. */
const PIECE_CHARACTERS = 64 * 1024;

const encoder = new TextEncoder();

/** The lines, each with its end, as gzip. The text never exists as a whole. */
export const gzipLines = (lines: Iterable<string>): Promise<ArrayBuffer> => {
  const pieces = textPieces(lines);
  const text = new ReadableStream<Uint8Array>({
    pull(controller) {
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

/** @returns what follows in the stream, or `undefined` at its end; throws when it takes too long */
export type ReadPiece = (
  reader: ReadableStreamDefaultReader<Uint8Array>,
) => Promise<Uint8Array | undefined>;

/**
 * Lines of gzip, as many at a time as a piece of the stream has; the last one needs no end.
 * @throws at a piece that is no gzip or no UTF-8, and when the stream ends before the gzip does
 */
export async function* gunzipLines(
  stream: ReadableStream<Uint8Array>,
  readPiece: ReadPiece,
): AsyncGenerator<readonly string[]> {
  const reader = stream.pipeThrough(new DecompressionStream("gzip")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = "";
  try {
    for (
      let piece = await readPiece(reader);
      piece !== undefined;
      piece = await readPiece(reader)
    ) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (lines.length > 0) yield lines;
    }
    rest += decoder.decode();
    if (rest !== "") yield [rest];
  } finally {
    // Whoever left early wants no more of it; nobody waits for what may never answer.
    reader.cancel().catch(() => undefined);
  }
}
