import { and, asc, desc, eq, gt, gte, lt, lte, type SQLWrapper, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/mysql-core";
import { MOST_VIEWED_MAX_ROWS } from "../../core/limits.ts";
import type { Span } from "../../core/statistics/plan.ts";
import type { RankedSpan } from "../../core/statistics/ranked-span.ts";
import type { MostViewed } from "../../ports/statistics-tables.ts";
import { contents } from "../../schema/mysql/contents.ts";
import { viewDaily, viewHourly } from "../../schema/mysql/views.ts";
import { listsByCategory } from "../sql/lists-by-category.ts";
import type { MySqlHandle } from "./handle.ts";

/** @see StatisticsTables.mostViewed */
export const mostViewed = async (
  db: MySqlHandle,
  span: RankedSpan,
  limit: number,
): Promise<MostViewed> => {
  const summed = sumsDuring(db, span);
  if (summed === undefined) return { all: [], byCategory: new Map() };
  const { content, views } = summed;
  const all = db
    .select({ content, views })
    .from(summed)
    .where(gt(views, 0))
    .orderBy(desc(views), asc(content))
    .limit(limit);
  const { category } = contents;
  const place = sql<number>`row_number() over (partition by ${category} order by ${views} desc, ${content})`;
  const ranked = db
    .select({ category, content, views, place: place.as("place") })
    .from(summed)
    .innerJoin(contents, eq(contents.id, content))
    .where(and(gt(views, 0), sql`${category} is not null`))
    .as("ranked");
  const inCategories = db
    .select({ category: ranked.category, content: ranked.content, views: ranked.views })
    .from(ranked)
    .where(lte(ranked.place, limit))
    .orderBy(asc(ranked.place), asc(ranked.category))
    .limit(MOST_VIEWED_MAX_ROWS);
  return { all: await all, byCategory: listsByCategory(await inCategories) };
};

/** Each table's sums are made by themselves: no row is copied before it is summed. */
const sumsDuring = (db: MySqlHandle, { days, hours }: RankedSpan) => {
  const ofDays = days && sumsOfDays(db, days);
  const ofHours = hours && sumsOfHours(db, hours);
  if (ofDays === undefined || ofHours === undefined) return (ofDays ?? ofHours)?.as("summed");
  const parts = unionAll(ofDays, ofHours).as("parts");
  return db
    .select({ content: parts.content, views: total(parts.views).as("views") })
    .from(parts)
    .groupBy(parts.content)
    .as("summed");
};

const sumsOfDays = (db: MySqlHandle, { from, to }: Span) => {
  const { content, day, views } = viewDaily;
  return db
    .select({ content, views: total(views).as("views") })
    .from(viewDaily)
    .where(and(gte(day, from), lt(day, to)))
    .groupBy(content);
};

const sumsOfHours = (db: MySqlHandle, { from, to }: Span) => {
  const { content, hour, views } = viewHourly;
  return db
    .select({ content, views: total(views).as("views") })
    .from(viewHourly)
    .where(and(gte(hour, from), lt(hour, to)))
    .groupBy(content);
};

const total = (views: SQLWrapper) => sql<number>`sum(${views})`.mapWith(Number);
