import { expect, test } from "vitest";
import { deleteUser } from "../../../src/app/live/delete-user.ts";
import type { StreamId } from "../../../src/core/ids.ts";
import { FORGET_STREAMS_PER_PAGE, ROOM_SALT_LIFE_MS } from "../../../src/core/limits.ts";
import type { SavedSession, UserDeletion } from "../../../src/ports/user-tables.ts";
import type { ForgetAnswer } from "../../../src/protocol/room-rpc.ts";
import { stream } from "../../support/live-fakes.ts";

const NOON = Date.UTC(2026, 10, 21, 12);

/** Many streams, of which some rooms have something of the user. */
class World {
  readonly deletions: UserDeletion[] = [];
  readonly asked: StreamId[] = [];
  readonly endedSince: number[] = [];
  readonly problems: string[] = [];
  saved: SavedSession[] = [];
  answer: (id: StreamId) => Promise<ForgetAnswer> = async () => ({ outcome: "anonymous" });
  readonly #streams: readonly StreamId[];

  constructor(streams: readonly StreamId[]) {
    this.#streams = streams;
  }

  delete(user: string) {
    const report = (event: string) => this.problems.push(event);
    return deleteUser(
      {
        users: {
          recentStreams: async (endedSince, after = stream("0"), limit) => {
            this.endedSince.push(endedSince);
            return this.#streams.filter((id) => id > after).slice(0, limit);
          },
          sessionsOf: async (visitors) =>
            this.saved.filter((row) => visitors.some((one) => one.stream === row.stream)),
          deleteUser: async (deletion) => {
            this.deletions.push(deletion);
            return { registered: false };
          },
        },
        rooms: {
          forgetUser: (id) => {
            this.asked.push(id);
            return this.answer(id);
          },
        },
        clock: { now: () => NOON },
        random: { bytes: (count) => new Uint8Array(count), fraction: () => 0 },
        log: { info: report, warn: report, error: report },
        actor: "ops",
      },
      user,
    );
  }
}

const many = Array.from({ length: FORGET_STREAMS_PER_PAGE + 7 }, (_, index) =>
  stream(`s${`${index}`.padStart(4, "0")}`),
);

const had = (connections: number, sessions: number): ForgetAnswer => ({
  outcome: "forgotten",
  visitor: "key",
  connections,
  sessions,
});

test("every room whose salt may live is asked, over pages, and what all of them had is told", async () => {
  const world = new World(many);
  const [first, second, third] = many;
  world.answer = async (id) => {
    if (id === first) return had(1, 2);
    if (id === many.at(-1)) return had(0, 1);
    return id === second || id === third ? had(0, 0) : { outcome: "anonymous" };
  };
  const saved = { startedDay: 20261121, session: "a", stream: second ?? "", startedAt: NOON };
  world.saved = [saved];
  expect(await world.delete("ann")).toEqual({
    status: "deleted",
    user: "ann",
    registered: false,
    streams: 3,
    sessions: 4,
  });
  expect(new Set(world.asked)).toEqual(new Set(many));
  expect(world.asked).toHaveLength(many.length);
  expect(world.endedSince[0]).toBeLessThan(NOON - ROOM_SALT_LIFE_MS);
  expect(world.deletions).toEqual([
    expect.objectContaining({
      user: "ann",
      sessions: [saved],
      audit: expect.objectContaining({ action: "user.delete", subject: "ann", actor: "ops" }),
    }),
  ]);
  expect(world.deletions[0]?.audit).toMatchObject({ before: undefined, after: undefined });
});

test("while a room does not answer the database is left alone, and all other rooms have forgotten", async () => {
  const world = new World(many);
  world.answer = async (id) => {
    if (id === many[3]) throw new Error("away");
    return had(0, 1);
  };
  expect(await world.delete("ann")).toEqual({ status: "room-unavailable" });
  expect(world.asked).toHaveLength(many.length);
  expect(world.deletions).toEqual([]);
  expect(world.problems).toEqual(["user.room-failed"]);
});
