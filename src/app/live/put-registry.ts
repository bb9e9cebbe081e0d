import type { Broadcaster, Database, Stream, StreamEntry, User } from "../../ports/database.ts";
import { type AuditDeps, auditOf } from "../audit.ts";
import type { StreamRegistry } from "./stream-registry.ts";

export interface PutRegistryDeps extends AuditDeps {
  readonly database: Pick<Database, "registry" | "contents">;
  /** What this isolate remembers; others follow when they have forgotten. */
  readonly known: Pick<StreamRegistry, "forget">;
}

/** Each of these writes the whole, with an audit entry, and is safe to repeat. */
export const putUser = async (deps: PutRegistryDeps, user: User): Promise<User> => {
  const { registry } = deps.database;
  const before = await registry.user(user.id);
  const deed = { action: "user.put", subject: user.id, before, after: user };
  await registry.putUser(user, auditOf(deps, deed));
  return user;
};

export type PutBroadcasterResult =
  | { readonly status: "saved"; readonly broadcaster: Broadcaster }
  | { readonly status: "unknown-user" };

export const putBroadcaster = async (
  deps: PutRegistryDeps,
  broadcaster: Broadcaster,
): Promise<PutBroadcasterResult> => {
  const { registry } = deps.database;
  const { id, user } = broadcaster;
  if (user !== undefined && (await registry.user(user)) === undefined) {
    return { status: "unknown-user" };
  }
  const before = await registry.broadcaster(id);
  const deed = { action: "broadcaster.put", subject: id, before, after: broadcaster };
  await registry.putBroadcaster(broadcaster, auditOf(deps, deed));
  return { status: "saved", broadcaster };
};

export type PutStreamResult =
  | { readonly status: "saved"; readonly stream: Stream }
  | { readonly status: "unknown-broadcaster" }
  | { readonly status: "unknown-category" };

/** Says what a stream is; whether it is live, only its start and its end say. */
export const putStream = async (
  deps: PutRegistryDeps,
  entry: StreamEntry,
): Promise<PutStreamResult> => {
  const { registry, contents } = deps.database;
  const { id, broadcaster, category } = entry;
  if ((await registry.broadcaster(broadcaster)) === undefined) {
    return { status: "unknown-broadcaster" };
  }
  if (category !== undefined && (await contents.category(category)) === undefined) {
    return { status: "unknown-category" };
  }
  const before = await registry.stream(id);
  const deed = { action: "stream.put", subject: id, before, after: entry };
  await registry.putStream(entry, auditOf(deps, deed));
  deps.known.forget(id);
  const { status = "planned", startedAt, endedAt } = before ?? {};
  return { status: "saved", stream: { ...entry, status, startedAt, endedAt } };
};
