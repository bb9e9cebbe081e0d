/**
 * Columns that tables have in common. Properties are named in the words of the ports, so that rows go in and out
 * as they are; columns are named as people who write SQL expect.
 */
import { integer, text } from "drizzle-orm/sqlite-core";
import type { ContentId } from "../../core/ids.ts";
import type { Stamp } from "../../core/stamp.ts";

export const id = (name = "id") => text(name);

export const contentId = () => text("content_id").$type<ContentId>().notNull();

/** Unix ms, UTC. */
export const time = (name: string) => integer(name);

/** A day as a number that sorts: 20261121. */
export const day = (name = "day") => integer(name).notNull();

export const count = (name: string) => integer(name).notNull();

export const flag = (name: string) => integer(name, { mode: "boolean" }).notNull();

/** By which a row only moves forward. */
export const stamp = () => text("stamp").$type<Stamp>().notNull();

/** What only people and later versions read. */
export const json = (name = "detail") => text(name).notNull();
