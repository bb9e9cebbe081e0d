/** Settings of the private MariaDB: those of `headcount.cnf`, scaled to a machine that it shares with the service. */
import { resolve } from "node:path";

/** What a server has to share. */
export interface Machine {
  readonly memoryBytes: number;
  readonly cores: number;
}

const MIB = 1024 ** 2;

const HEADCOUNT_CNF = resolve(import.meta.dirname, "headcount.cnf");

/** workerd, Node and a browser want theirs too. */
const BUFFER_POOL_SHARE = 1 / 8;
const BUFFER_POOL_MIN_BYTES = 256 * MIB;
const BUFFER_POOL_MAX_BYTES = 4096 * MIB;

/** Of the buffer pool: redo that covers more than what can be dirty in it is of no use. It is taken from the disk at the first start. */
const REDO_SHARE = 1 / 4;
const REDO_MIN_BYTES = 256 * MIB;
const REDO_MAX_BYTES = 1024 * MIB;

/** MariaDB refuses a single thread for writing; beyond 8 a burst from 6 connections gains nothing. */
const IO_THREADS_MIN = 2;
const IO_THREADS_MAX = 8;

/** Arguments of `mariadbd`; the first one has to stay the first. */
export const settingsFor = ({ memoryBytes, cores }: Machine): readonly string[] => {
  const bufferPool = clamp(
    memoryBytes * BUFFER_POOL_SHARE,
    BUFFER_POOL_MIN_BYTES,
    BUFFER_POOL_MAX_BYTES,
  );
  const redo = clamp(bufferPool * REDO_SHARE, REDO_MIN_BYTES, REDO_MAX_BYTES);
  const ioThreads = clamp(cores, IO_THREADS_MIN, IO_THREADS_MAX);
  return [
    `--defaults-file=${HEADCOUNT_CNF}`,
    `--innodb-buffer-pool-size=${wholeMib(bufferPool)}`,
    `--innodb-log-file-size=${wholeMib(redo)}`,
    `--innodb-read-io-threads=${ioThreads}`,
    `--innodb-write-io-threads=${ioThreads}`,
    // It has no replicas, and is copied rather than recovered to a point in time.
    "--skip-log-bin",
  ];
};

const clamp = (value: number, min: number, max: number): number =>
  Math.min(Math.max(value, min), max);

/** Sizes that are no multiple of a page are rounded with a warning. */
const wholeMib = (bytes: number): string => `${Math.floor(bytes / MIB)}M`;
