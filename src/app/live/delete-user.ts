import type { StreamId } from "../../core/ids.ts";
import {
  CRON_PARALLEL,
  FORGET_SLACK_MS,
  FORGET_STREAMS_PER_LOOK,
  FORGET_STREAMS_PER_PAGE,
  ROOM_SALT_LIFE_MS,
} from "../../core/limits.ts";
import type { Log } from "../../ports/log.ts";
import type { Rooms } from "../../ports/rooms.ts";
import type { SavedSession, StreamVisitor, UserTables } from "../../ports/user-tables.ts";
import { pathHash } from "../../protocol/path-hash.ts";
import { type AuditDeps, auditOf } from "../audit.ts";
import { inParallel } from "../in-parallel.ts";

export interface DeleteUserDeps extends AuditDeps {
  readonly users: Omit<UserTables, "deleteSessions">;
  readonly rooms: Pick<Rooms, "forgetUser">;
  readonly log: Log;
}

export type DeleteUserResult =
  | {
      readonly status: "deleted";
      readonly user: string;
      /** An operator had put them. */
      readonly registered: boolean;
      /** Streams in which there was something of them. */
      readonly streams: number;
      /** Sessions that were deleted, in rooms and in the database. */
      readonly sessions: number;
    }
  /** Some room did not answer, and the database was left alone: the same again goes on. */
  | { readonly status: "room-unavailable" };

/**
 * Deletes what there is of a user, registered or only known by tickets. The rooms first, each of which can still tell
 * them: a room that has forgotten sends nothing more, so what the database then deletes does not come back, and what
 * dies half way is done by the same order again. Rooms whose salt is gone are not asked; nobody can tell anybody there.
 */
export const deleteUser = async (deps: DeleteUserDeps, user: string): Promise<DeleteUserResult> => {
  const forgotten = await forgetEverywhere(deps, user);
  if (forgotten === undefined) return { status: "room-unavailable" };
  const saved = await savedOf(deps, forgotten);
  const { registered } = await deps.users.deleteUser({
    user,
    sessions: saved,
    pathHash: await pathHash(`/v1/admin/users/${user}`),
    audit: auditOf(deps, {
      action: "user.delete",
      subject: user,
      before: undefined,
      after: undefined,
    }),
  });
  const present = forgotten.filter(({ connections, sessions }) => connections + sessions > 0);
  const streams = new Set<string>([...present, ...saved].map(({ stream }) => stream));
  const unsent = forgotten.reduce((sum, { sessions }) => sum + sessions, 0);
  return {
    status: "deleted",
    user,
    registered,
    streams: streams.size,
    sessions: saved.length + unsent,
  };
};

/** What a room had. */
interface Forgotten extends StreamVisitor {
  readonly connections: number;
  readonly sessions: number;
}

/** @returns `undefined` when some room failed; all others have forgotten all the same */
const forgetEverywhere = async (
  deps: DeleteUserDeps,
  user: string,
): Promise<readonly Forgotten[] | undefined> => {
  const { users, clock } = deps;
  const endedSince = clock.now() - ROOM_SALT_LIFE_MS - FORGET_SLACK_MS;
  const all: Forgotten[] = [];
  let failed = false;
  let after: StreamId | undefined;
  for (;;) {
    const page = await users.recentStreams(endedSince, after, FORGET_STREAMS_PER_PAGE);
    const answers = await inParallel(page, CRON_PARALLEL, (stream) => forget(deps, stream, user));
    for (const answer of answers) {
      if (answer === "failed") failed = true;
      else if (answer !== "anonymous") all.push(answer);
    }
    after = page.at(-1);
    if (page.length < FORGET_STREAMS_PER_PAGE) return failed ? undefined : all;
  }
};

const forget = async (
  { rooms, log }: DeleteUserDeps,
  stream: StreamId,
  user: string,
): Promise<Forgotten | "anonymous" | "failed"> => {
  try {
    const answer = await rooms.forgetUser(stream, user);
    return answer.outcome === "anonymous" ? "anonymous" : { stream, ...answer };
  } catch (cause) {
    log.error("user.room-failed", { stream, cause: `${cause}` });
    return "failed";
  }
};

const savedOf = async (
  { users }: DeleteUserDeps,
  visitors: readonly StreamVisitor[],
): Promise<readonly SavedSession[]> => {
  const saved: SavedSession[] = [];
  for (let from = 0; from < visitors.length; from += FORGET_STREAMS_PER_LOOK) {
    const some = visitors.slice(from, from + FORGET_STREAMS_PER_LOOK);
    saved.push(...(await users.sessionsOf(some)));
  }
  return saved;
};
