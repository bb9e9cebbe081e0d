import type {
  CollectorStore,
  DrainState,
  LoggedRow,
  RowSummary,
} from "../../ports/collector-store.ts";
import { MetaTable } from "./meta-table.ts";
import { asBytes, type Background, type ObjectStorage, storageAlarm } from "./object-storage.ts";

/** Frames stand last, so that the index reads none of their pages. */
const TABLE = `CREATE TABLE IF NOT EXISTS rows (
  id INTEGER PRIMARY KEY,
  shards BLOB NOT NULL,
  frames BLOB NOT NULL
)`;

/** @param mintIncarnation text unlike any it gave before */
export const collectorStore = (
  storage: ObjectStorage,
  mintIncarnation: () => string,
  background: Background,
): CollectorStore => {
  const { sql } = storage;
  const meta = new MetaTable(storage);
  sql.exec(TABLE);

  const renewIncarnation = (): string => {
    const incarnation = mintIncarnation();
    meta.set("incarnation", incarnation);
    return incarnation;
  };

  return {
    alarm: storageAlarm(storage, background),
    renewIncarnation,
    incarnation: () => meta.text("incarnation") ?? renewIncarnation(),
    drainState: () => readDrainState(meta.text("drain")),
    *index(): Generator<RowSummary> {
      for (const { id, shards } of sql.exec("SELECT id, shards FROM rows ORDER BY id")) {
        yield { id: Number(id), shards: decodeShards(asBytes(shards)) };
      }
    },
    insert({ id, frames }, shards) {
      const query = "INSERT INTO rows (id, shards, frames) VALUES (?, ?, ?)";
      sql.exec(query, id, encodeShards(shards), frames);
    },
    *rowsAbove(row, maxRows): Generator<LoggedRow> {
      const query = "SELECT id, frames FROM rows WHERE id > ? ORDER BY id LIMIT ?";
      for (const { id, frames } of sql.exec(query, row, maxRows)) {
        yield { id: Number(id), frames: asBytes(frames) };
      }
    },
    saveDrain(state) {
      meta.set("drain", JSON.stringify(state));
      sql.exec("DELETE FROM rows WHERE id < ?", state.floor);
    },
    bytes: () => sql.databaseSize,
    atomically: (work) => storage.transactionSync(work),
    durable: () => storage.sync(),
  };
};

const readDrainState = (text: string | undefined): DrainState =>
  text === undefined ? { floor: 1, cursors: [] } : (JSON.parse(text) as DrainState);

const encodeShards = (shards: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(shards.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, shard] of shards.entries()) view.setUint16(index * 2, shard);
  return bytes;
};

const decodeShards = (bytes: Uint8Array): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 2 }, (_, index) => view.getUint16(index * 2));
};
