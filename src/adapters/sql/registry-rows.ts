/** Rows of the registry as the port has them: what a column holds as NULL is absent. */
import type { Broadcaster, Content, Stream, User } from "../../ports/database.ts";

type Nullable<Row> = { readonly [Key in keyof Row]-?: Exclude<Row[Key], undefined> | null };
type Stored<Row, Required extends keyof Row> = Pick<Row, Required> & Nullable<Omit<Row, Required>>;

export const asContent = (row: Stored<Content, "id" | "startViews">): Content => ({
  id: row.id,
  title: row.title ?? undefined,
  url: row.url ?? undefined,
  category: row.category ?? undefined,
  startViews: row.startViews,
});

export const asUser = ({ id, name }: Stored<User, "id">): User => ({ id, name: name ?? undefined });

export const asBroadcaster = (row: Stored<Broadcaster, "id" | "name">): Broadcaster => ({
  id: row.id,
  name: row.name,
  user: row.user ?? undefined,
});

export const asStream = (
  row: Stored<Stream, Exclude<keyof Stream, "category" | "startedAt" | "endedAt">>,
): Stream => ({
  id: row.id,
  broadcaster: row.broadcaster,
  category: row.category ?? undefined,
  title: row.title,
  status: row.status,
  visibility: row.visibility,
  expectedViewers: row.expectedViewers,
  startedAt: row.startedAt ?? undefined,
  endedAt: row.endedAt ?? undefined,
});
