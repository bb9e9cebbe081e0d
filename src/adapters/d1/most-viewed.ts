import { and, asc, desc, eq, gt, gte, lt, lte, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { MostViewed } from "../../ports/statistics-tables.ts";
import { contents } from "../../schema/d1/contents.ts";
import { viewDaily } from "../../schema/d1/views.ts";
import { listsByCategory } from "../sql/lists-by-category.ts";

/** @see StatisticsTables.mostViewed */
export const mostViewed = async (
  db: DrizzleD1Database,
  from: number,
  to: number,
  limit: number,
): Promise<MostViewed> => {
  const { content, day, views } = viewDaily;
  const { category } = contents;
  const total = sql<number>`sum(${views})`.mapWith(Number);
  const during = and(gte(day, from), lt(day, to));
  const all = db
    .select({ content, views: total })
    .from(viewDaily)
    .where(during)
    .groupBy(content)
    .having(gt(total, 0))
    .orderBy(desc(total), asc(content))
    .limit(limit);
  const place = sql<number>`row_number() over (partition by ${category} order by sum(${views}) desc, ${content})`;
  const ranked = db
    .select({ category, content, views: total.as("views"), place: place.as("place") })
    .from(viewDaily)
    .innerJoin(contents, eq(contents.id, content))
    .where(and(during, sql`${category} is not null`))
    .groupBy(category, content)
    .having(gt(total, 0))
    .as("ranked");
  const inCategories = db
    .select({ category: ranked.category, content: ranked.content, views: ranked.views })
    .from(ranked)
    .where(lte(ranked.place, limit))
    .orderBy(asc(ranked.category), asc(ranked.place));
  return { all: await all, byCategory: listsByCategory(await inCategories) };
};
