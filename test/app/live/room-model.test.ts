import fc from "fast-check";
import { expect, test } from "vitest";
import { identityOfUser } from "../../../src/app/live/identity.ts";
import { LIVE_SILENT_MS, SOCKETS_PER_VISITOR } from "../../../src/core/limits.ts";
import { type FakeSocket, RoomHarness } from "../../support/room-harness.ts";

const DAY_MS = 86_400_000;

const dayOf = (at: number): number => Math.floor(at / DAY_MS);

interface Tab {
  readonly visitor: string;
  readonly role: "viewer" | "observer";
  readonly socket: FakeSocket;
  readonly openedAt: number;
  heard: number;
}

/** Counts everything anew each time it is asked. */
class Model {
  tabs: Tab[] = [];
  leases = new Map<string, number>();
  /** By day, over all starts, and since the last start. */
  uniques = new Map<number, Set<string>>();
  sinceStart = new Map<number, Set<string>>();
  peak = 0;
  ended = false;

  viewing(now: number): ReadonlySet<string> {
    const tabs = this.tabs.filter(
      ({ role, heard }) => role === "viewer" && now - heard < LIVE_SILENT_MS,
    );
    const leases = [...this.leases].filter(([, heard]) => now - heard < LIVE_SILENT_MS);
    return new Set([...tabs.map(({ visitor }) => visitor), ...leases.map(([visitor]) => visitor)]);
  }

  note(now: number): void {
    const day = dayOf(now);
    const viewing = this.viewing(now);
    for (const seen of [this.uniques, this.sinceStart]) {
      seen.set(day, new Set([...(seen.get(day) ?? []), ...viewing]));
    }
    this.peak = Math.max(this.peak, viewing.size);
  }

  numbers(now: number) {
    this.tabs = this.tabs.filter(({ heard }) => now - heard < LIVE_SILENT_MS);
    const day = dayOf(now);
    const total = [...this.sinceStart.values()].reduce((sum, { size }) => sum + size, 0);
    return {
      viewers: this.viewing(now).size,
      peak: this.peak,
      total,
      uniqueToday: this.uniques.get(day)?.size ?? 0,
    };
  }
}

const USERS = ["ann", "bob", "cid", "dan"] as const;
const users = fc.constantFrom(...USERS);
const visitors = fc.constantFrom(...USERS.map(identityOfUser));
const which = fc.nat(30);
const steps = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("connect" as const), visitor: visitors }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("observe" as const), visitor: visitors }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("heartbeat" as const), visitor: visitors }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("leave" as const), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("ping" as const), which }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("pass" as const, "late" as const),
      ms: fc.integer({ min: 0, max: 40_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("hibernate" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drop" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forget" as const), user: users }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("start" as const) }) },
);

type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

const act = async (room: RoomHarness, model: Model, step: Step): Promise<void> => {
  const { now } = room;
  switch (step.do) {
    case "connect":
    case "observe": {
      const role = step.do === "connect" ? "viewer" : "observer";
      const socket = await room.connect({ visitor: step.visitor, role });
      if (model.ended) return expect(socket.closed).toBe(4002);
      expect(socket.closed).toBeUndefined();
      const own = model.tabs.filter((tab) => tab.visitor === step.visitor);
      const oldest = own.reduce<Tab | undefined>(
        (a, b) => (a !== undefined && a.openedAt <= b.openedAt ? a : b),
        undefined,
      );
      if (own.length >= SOCKETS_PER_VISITOR) {
        expect(oldest?.socket.closed).toBe(4000);
        model.tabs = model.tabs.filter((tab) => tab !== oldest);
      }
      model.tabs.push({ visitor: step.visitor, role, socket, openedAt: now, heard: now });
      return model.note(now);
    }
    case "heartbeat": {
      const answer = await room.heartbeat({ visitor: step.visitor });
      expect(answer.outcome).toBe(model.ended ? "ended" : "counted");
      if (!model.ended) model.leases.set(step.visitor, now);
      return model.note(now);
    }
    case "leave": {
      const tab = model.tabs[step.which % Math.max(1, model.tabs.length)];
      if (tab === undefined) return;
      room.leave(tab.socket);
      room.leave(tab.socket);
      model.tabs = model.tabs.filter((it) => it !== tab);
      return;
    }
    case "ping": {
      const tab = model.tabs[step.which % Math.max(1, model.tabs.length)];
      if (tab === undefined) return;
      room.ping(tab.socket);
      tab.heard = now;
      return;
    }
    case "pass":
      room.pass(step.ms);
      return model.note(room.now);
    case "late":
      // The alarm that fell due meanwhile has not rung.
      room.now += step.ms;
      return model.note(room.now);
    case "hibernate":
    case "drop":
      // What came in the last second is saved first: an instance with work pending does not sleep.
      for (let day = -1; day !== dayOf(room.now); ) {
        day = dayOf(room.now);
        room.pass(1_000);
        model.note(room.now);
      }
      model.numbers(room.now);
      room.evict(step.do);
      if (step.do === "drop") model.tabs = [];
      return;
    case "forget": {
      await room.room.forgetUser(step.user);
      const visitor = identityOfUser(step.user);
      for (const tab of model.tabs) {
        const inTime = now - tab.heard < LIVE_SILENT_MS;
        if (inTime) expect(tab.socket.closed).toBe(tab.visitor === visitor ? 4005 : undefined);
      }
      model.tabs = model.tabs.filter((tab) => tab.visitor !== visitor);
      model.leases.delete(visitor);
      return;
    }
    case "end":
      room.room.end();
      model.tabs = [];
      model.leases.clear();
      model.ended = true;
      return;
    case "start":
      room.now += 1;
      room.open();
      if (!model.ended) return model.note(room.now);
      model.ended = false;
      model.sinceStart.clear();
      model.peak = 0;
      return;
  }
};

test("after any steps the room says what counting anew says, late alarms, sleep, midnight, end and forgotten users included", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (history, part) => {
        const room = new RoomHarness();
        // Midnight lies somewhere in the history.
        room.now = Date.UTC(2026, 10, 22) - Math.floor(part * 600_000);
        room.open();
        const model = new Model();
        let lastStamp = "";
        for (const step of history) {
          await act(room, model, step);
          const { viewers, peak, total, uniqueToday, stamp, status } = room.numbers();
          expect({ viewers, peak, total, uniqueToday }).toEqual(model.numbers(room.now));
          expect(viewers).toBeGreaterThanOrEqual(0);
          expect(status).toBe(model.ended ? "ended" : "live");
          expect(stamp > lastStamp).toBe(true);
          lastStamp = stamp;
        }
        expect(room.problems).toEqual([]);
      },
    ),
    {
      numRuns: 300,
      // Midnight is within the second before the instance ends.
      examples: [[[{ do: "connect", visitor: identityOfUser("ann") }, { do: "drop" }], 2e-6]],
    },
  );
});
