/**
 * Columns that tables have in common; the same as `src/schema/d1/columns.ts` says, in MySQL's types. Character sets
 * and collations are named, since servers differ in their defaults: ids and stamps compare by their bytes.
 */
import { bigint, boolean, customType, int } from "drizzle-orm/mysql-core";
import type { ContentId } from "../../core/ids.ts";
import type { Stamp } from "../../core/stamp.ts";

const asciiType = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length}) character set ascii collate ascii_bin`,
});

const proseType = customType<{ data: string; config: { length: number } }>({
  dataType: (config) =>
    `varchar(${config?.length}) character set utf8mb4 collate utf8mb4_unicode_ci`,
});

const exactType = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length}) character set utf8mb4 collate utf8mb4_bin`,
});

const longTextType = customType<{ data: string }>({
  dataType: () => "mediumtext character set utf8mb4 collate utf8mb4_bin",
});

/** As long as an id may be. */
const ID_CHARS = 64;

/** `src/core/stamp.ts` makes 21. */
const STAMP_CHARS = 24;

export const id = (name = "id") => asciiType(name, { length: ID_CHARS });

export const contentId = () => id("content_id").$type<ContentId>().notNull();

/** A word out of a few. */
export const word = <Word extends string>(name: string) =>
  asciiType(name, { length: 16 }).$type<Word>().notNull();

/** Unix ms, UTC. */
export const time = (name: string) => bigint(name, { mode: "number" });

/** A day as a number that sorts: 20261121. */
export const day = (name = "day") => int(name).notNull();

export const count = (name: string) => bigint(name, { mode: "number" }).notNull();

export const small = (name: string) => int(name).notNull();

export const flag = (name: string) => boolean(name).notNull();

/** By which a row only moves forward. */
export const stamp = () => asciiType("stamp", { length: STAMP_CHARS }).$type<Stamp>().notNull();

/** @param length in characters */
export const prose = (name: string, length = 300) => proseType(name, { length });

/** Text that is part of a key. @param length in characters */
export const exact = (name: string, length: number) => exactType(name, { length }).notNull();

/** What only people and later versions read. */
export const json = (name = "detail") => longTextType(name).notNull();
