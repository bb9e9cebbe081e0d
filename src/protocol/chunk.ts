/** A chunk: rows of a Collector's log on their way to one Tally, `[row id u48][length u32][frames]` one after the other. */
import type { ChunkPlace } from "../core/views/cursor.ts";

const HEADER_BYTES = 10;

export interface Chunk extends ChunkPlace {
  /** Name of the Collector and its incarnation. */
  readonly source: string;
  /** Last row of the source that the chunk covers, whether or not it held anything for this shard. */
  readonly through: number;
  readonly rows: Uint8Array;
}

export interface ChunkRow {
  readonly id: number;
  readonly frames: Uint8Array;
}

export const encodeRows = (rows: readonly ChunkRow[]): Uint8Array => {
  const bytes = new Uint8Array(rows.reduce((sum, row) => sum + sizeInChunk(row), 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const { id, frames } of rows) {
    view.setUint16(offset, Math.floor(id / 2 ** 32));
    view.setUint32(offset + 2, id % 2 ** 32);
    view.setUint32(offset + 6, frames.length);
    bytes.set(frames, offset + HEADER_BYTES);
    offset += HEADER_BYTES + frames.length;
  }
  return bytes;
};

export function* decodeRows(bytes: Uint8Array): Generator<ChunkRow> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset < bytes.length; ) {
    const id = view.getUint16(offset) * 2 ** 32 + view.getUint32(offset + 2);
    const start = offset + HEADER_BYTES;
    offset = start + view.getUint32(offset + 6);
    yield { id, frames: bytes.subarray(start, offset) };
  }
}

export const sizeInChunk = ({ frames }: ChunkRow): number => HEADER_BYTES + frames.length;
