/** @returns the pieces in one array */
export const concat = (pieces: readonly Uint8Array[]): Uint8Array => {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
};

/** @returns twice the size, with the same bytes at its beginning; for a buffer that is full */
export const doubled = ({ buffer, byteOffset, byteLength }: DataView): DataView<ArrayBuffer> => {
  const grown = new Uint8Array(byteLength * 2);
  grown.set(new Uint8Array(buffer, byteOffset, byteLength));
  return new DataView(grown.buffer);
};
