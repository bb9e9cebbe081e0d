/**
 * How far a move has come. It lies beside the state and not in the target: what it is lost with costs a repeat and
 * nothing else, and the target keeps no table that is of no use afterwards.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { Digest } from "./digest.ts";
import type { Key } from "./tables.ts";

export interface TableProgress {
  /** Key of the last row that the target has; `undefined`: none yet. */
  readonly last: Key | undefined;
  /** The table is through. */
  readonly done: boolean;
  /** Of the source's rows as they were moved. */
  readonly digest: Digest;
}

export interface Bookmark {
  /** From where to where: it is good for nothing else. */
  readonly pair: string;
  readonly tables: Readonly<Record<string, TableProgress>>;
}

const number = v.pipe(v.number(), v.safeInteger());

const FORMAT = v.object({
  pair: v.string(),
  tables: v.record(
    v.string(),
    v.object({
      last: v.optional(v.array(v.union([v.string(), v.number()]))),
      done: v.boolean(),
      digest: v.object({ rows: number, hi: number, lo: number }),
    }),
  ),
});

const fileIn = (state: string): string => join(state, "migrate-database.json");

/** @returns undefined when there is none, or none that can be read */
export const readBookmark = (state: string): Bookmark | undefined => {
  try {
    const { pair, tables } = v.parse(FORMAT, JSON.parse(readFileSync(fileIn(state), "utf8")));
    return {
      pair,
      tables: Object.fromEntries(
        Object.entries(tables).map(([name, { last, ...rest }]) => [name, { last, ...rest }]),
      ),
    };
  } catch {
    return undefined;
  }
};

/** It is the old one or the new one whenever the process ends. */
export const saveBookmark = (state: string, bookmark: Bookmark): void => {
  const file = fileIn(state);
  writeFileSync(`${file}.new`, JSON.stringify(bookmark));
  renameSync(`${file}.new`, file);
};

export const removeBookmark = (state: string): void => {
  rmSync(fileIn(state), { force: true });
};
