import fc from "fast-check";
import { expect, test } from "vitest";
import { readAttachment } from "../../../src/app/live/attachment.ts";
import { identityOfUser } from "../../../src/app/live/identity.ts";
import { FORGET_SETTLE_MS } from "../../../src/core/limits.ts";
import { settled } from "../../support/hand-time.ts";
import { type FakeSocket, RoomHarness, STREAM } from "../../support/room-harness.ts";

const USERS = ["ann", "bob", "cid"] as const;

/** What becomes of a statement that saves sessions. */
type Wire = "fine" | "held" | "refused" | "answer lost";

const users = fc.constantFrom(...USERS);
const steps = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("join" as const), user: users }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("leave" as const), user: users }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      minutes: fc.constantFrom(0, 0.01, 1, 4, 7),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wire" as const),
      wire: fc.constantFrom<Wire>("fine", "held", "refused", "answer lost"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("arrive" as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("forget" as const), user: users }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("forget and die unheard" as const, "forget in vain" as const),
      user: users,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
);

type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** A session somebody began. */
interface Begun {
  readonly user: string;
  readonly at: number;
  /** An order that nobody was answered may have taken it along. */
  readonly mayBeGone: boolean;
}

/** A room, a database at the end of a bad wire, and what should have come of it. */
class ForgetWorld {
  readonly room = new RoomHarness();
  readonly tabs = new Map<string, FakeSocket>();
  begun: Begun[] = [];
  wire: Wire = "fine";
  /** Statements of an instance that died are still under way, or were: they may bring what is to be taken back. */
  stray = false;
  readonly #visitors = new Map<string, string>();
  #held: (() => void)[] = [];

  constructor() {
    this.room.open();
    const { database } = this.room;
    database.before = async (save) => {
      if (save !== "saveSessions") return;
      if (this.wire === "refused") throw new Error("the database is away");
      if (this.wire === "held") await new Promise<void>((resolve) => this.#held.push(resolve));
    };
    database.after = async (save) => {
      if (save === "saveSessions" && this.wire === "answer lost") throw new Error("no answer");
    };
  }

  async join(user: string): Promise<void> {
    if (this.tabs.has(user)) return;
    this.begun.push({ user, at: this.room.now, mayBeGone: false });
    const tab = await this.room.connect({ visitor: identityOfUser(user) });
    this.tabs.set(user, tab);
    this.#visitors.set(user, readAttachment(tab.attachment())?.visitor ?? "");
  }

  leave(user: string): void {
    const tab = this.tabs.get(user);
    this.tabs.delete(user);
    if (tab !== undefined) this.room.leave(tab);
  }

  /** In steps, so that what was sent is answered before the next alarm. */
  async pass(minutes: number): Promise<void> {
    const until = this.room.now + minutes * 60_000;
    while (this.room.now < until) {
      for (const tab of this.tabs.values()) this.room.ping(tab);
      this.room.pass(Math.min(15_000, until - this.room.now));
      await settled();
    }
    this.room.disk.flush();
  }

  /** Statements under way arrive, those of instances before too. */
  async arrive(): Promise<void> {
    for (const resolve of this.#held.splice(0)) resolve();
    await settled();
  }

  /** As an operator's order does: the room first, then what the database has. */
  async forget(user: string): Promise<void> {
    const forgetting = this.room.room.forgetUser(user);
    await settled();
    // It waits for what is under way.
    await this.arrive();
    const answer = await forgetting;
    if (answer.outcome === "anonymous") throw new Error("the salt is there");
    this.room.disk.flush();
    this.begun = this.begun.filter((one) => one.user !== user);
    this.tabs.delete(user);
    const { database } = this.room;
    const saved = await database.sessionsOf([{ stream: STREAM, visitor: answer.visitor }]);
    await database.deleteSessions(saved);
  }

  /** Whoever ordered it heard nothing of it. @param done whether the disk heard of it */
  async forgetUnheard(user: string, done: boolean): Promise<void> {
    await this.pass(0.05);
    const forgetting = this.room.room.forgetUser(user).catch(() => undefined);
    await settled();
    if (done) this.room.disk.flush();
    this.die();
    await forgetting;
    this.begun = this.begun.map((one) => (one.user === user ? { ...one, mayBeGone: true } : one));
  }

  /** An instance with work pending does not sleep, and one that dies loses a second of it at most. */
  async crash(): Promise<void> {
    await this.pass(0.05);
    this.die();
  }

  die(): void {
    this.stray ||= this.#held.length > 0;
    this.room.crash();
    this.room.disk.flush();
    this.tabs.clear();
  }

  /** Everything that is there to be done is done, with the database there. */
  async settle(): Promise<void> {
    this.wire = "fine";
    await this.arrive();
    for (const user of USERS) this.leave(user);
    await this.pass(30);
  }

  /** What the database has of the user is what they began since they were last forgotten, all of it or some. */
  expectSaved(user: string, all: boolean): void {
    const sessions = [...this.room.database.sessions.values()];
    const theirs = sessions.filter(({ visitor }) => visitor === this.#visitors.get(user));
    const saved = theirs.map(({ startedAt }) => startedAt);
    const begun = this.begun.filter((one) => one.user === user);
    expect(begun.map(({ at }) => at)).toEqual(expect.arrayContaining(saved));
    const certain = begun.filter(({ mayBeGone }) => !mayBeGone).map(({ at }) => at);
    if (all) expect(saved).toEqual(expect.arrayContaining(certain));
  }
}

const act = async (world: ForgetWorld, step: Step): Promise<void> => {
  switch (step.do) {
    case "join":
      return world.join(step.user);
    case "leave":
      return world.leave(step.user);
    case "pass":
      return world.pass(step.minutes);
    case "wire":
      world.wire = step.wire;
      return undefined;
    case "arrive":
      return world.arrive();
    case "forget":
      return world.forget(step.user);
    case "forget and die unheard":
      return world.forgetUnheard(step.user, true);
    case "forget in vain":
      return world.forgetUnheard(step.user, false);
    case "crash":
      return world.crash();
    case "restart":
      await world.pass(0.05);
      world.room.room.end();
      world.tabs.clear();
      await world.pass(0.05);
      world.room.open();
      return undefined;
  }
};

test("what a room had still to send of a forgotten user is never in the database, whatever died or came late, and all else is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (history) => {
      const world = new ForgetWorld();
      for (const step of history) {
        await act(world, step);
        // Nobody has to wait for it to be taken back, unless an instance died over it.
        if (!world.stray) for (const user of USERS) world.expectSaved(user, false);
      }
      await world.settle();
      for (const user of USERS) world.expectSaved(user, true);
      const { disk } = world.room;
      expect(disk.read("SELECT * FROM sessions")).toEqual([]);
      expect(disk.read("SELECT * FROM forgotten")).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test("what an instance that died had sent is taken back when it comes after the order was done, and nothing begun since", async () => {
  const world = new ForgetWorld();
  await world.join("ann");
  await world.join("bob");
  await world.pass(3);
  world.leave("ann");
  world.leave("bob");
  world.wire = "held";
  await world.pass(7);
  await world.crash();
  world.wire = "fine";
  const forgetting = world.room.room.forgetUser("ann");
  expect(await forgetting).toMatchObject({ outcome: "forgotten", sessions: 1, connections: 0 });
  world.room.disk.flush();
  await world.join("ann");
  await world.arrive();
  expect(world.room.database.sessions.size).toBe(2);
  await world.pass((FORGET_SETTLE_MS + 5_000) / 60_000);
  expect(world.room.database.sessions.size).toBe(1);
  world.leave("ann");
  await world.pass(10);
  expect(world.room.database.sessions.size).toBe(2);
});

test("an order waits for what is under way, and tells what had not been sent", async () => {
  const world = new ForgetWorld();
  await world.join("ann");
  await world.pass(3);
  world.leave("ann");
  world.wire = "held";
  await world.pass(7);
  await world.join("ann");
  let answered = false;
  const forgetting = world.room.room.forgetUser("ann").then((answer) => {
    answered = true;
    return answer;
  });
  await settled();
  expect(answered).toBe(false);
  await world.arrive();
  expect(await forgetting).toMatchObject({ outcome: "forgotten", sessions: 1, connections: 1 });
  expect(await world.room.room.forgetUser("ann")).toMatchObject({ sessions: 0, connections: 0 });
});

test("a room whose salt is gone, or that never was open, can tell nobody", async () => {
  const world = new ForgetWorld();
  const { room } = world;
  room.room.end();
  room.pass(49 * 3_600_000);
  expect(await room.room.forgetUser("ann")).toEqual({ outcome: "anonymous" });
  expect(await new RoomHarness().room.forgetUser("ann")).toEqual({ outcome: "anonymous" });
  expect(room.problems).toEqual([]);
});
