import fc from "fast-check";
import { expect, test } from "vitest";
import {
  LIVE_BEAT_AFTER_MS,
  LIVE_RECENT_MS,
  LIVE_SILENT_MS,
  SOCKETS_PER_VISITOR,
} from "../../../src/core/limits.ts";
import { BEAT_AGAIN_MS, type Connection, ViewerSet } from "../../../src/core/live/viewer-set.ts";

/** What the set should say, by looking at everything each time. */
class Naive {
  readonly all = new Map<string, Connection & { heard: number }>();
  readonly came = new Map<string, number>();

  viewers(): number {
    const viewing = [...this.all.values()].filter(({ role }) => role === "viewer");
    return new Set(viewing.map(({ visitor }) => visitor)).size;
  }

  expire(now: number): readonly string[] {
    const silent = [...this.all.values()].filter(({ heard }) => now - heard >= LIVE_SILENT_MS);
    for (const { id } of silent) this.all.delete(id);
    return silent.map(({ id }) => id);
  }

  recent(now: number): number {
    return [...this.came.values()].filter((at) => now - at < LIVE_RECENT_MS).length;
  }

  inNetwork(network: string): number {
    return [...this.all.values()].filter((it) => it.network === network).length;
  }
}

const connections = fc.record({
  id: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"),
  kind: fc.constantFrom("socket" as const, "lease" as const),
  role: fc.constantFrom("viewer" as const, "viewer" as const, "observer" as const),
  visitor: fc.constantFrom("ann", "bob", "cid"),
  network: fc.constantFrom("n1", "n2"),
});

const steps = fc.oneof(
  fc.record({ do: fc.constant("join" as const), it: connections }),
  fc.record({ do: fc.constant("leave" as const), id: fc.constantFrom("a", "b", "c", "d", "e") }),
  fc.record({ do: fc.constant("ping" as const), id: fc.constantFrom("a", "b", "c", "d", "e") }),
  fc.record({ do: fc.constant("seen" as const), id: fc.constantFrom("a", "b", "c", "d", "e") }),
  fc.record({ do: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 70_000 }) }),
);

test("after any steps the set says what counting everything anew says, and is never below nought", () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 80 }), (history) => {
      const set = new ViewerSet();
      const naive = new Naive();
      const pings = new Map<string, number>();
      let now = 1_000_000;
      for (const step of history) {
        if (step.do === "pass") now += step.ms;
        const silent = set.look(now, ({ id }) => pings.get(id) ?? 0).silent.map(({ id }) => id);
        expect(new Set(silent)).toEqual(new Set(naive.expire(now)));
        if (step.do === "join") {
          const known = naive.all.get(step.it.id);
          const came = !known && step.it.role === "viewer" && !viewing(naive, step.it.visitor);
          if (known) known.heard = now;
          else {
            naive.all.set(step.it.id, { ...step.it, openedAt: now, lastSeen: now, heard: now });
            pings.delete(step.it.id);
          }
          expect(set.join({ ...step.it, openedAt: now, lastSeen: now })).toBe(came);
          if (came) {
            set.came(step.it.visitor, now);
            naive.came.set(step.it.visitor, now);
          }
        }
        if (step.do === "leave") {
          const was = naive.all.get(step.id);
          naive.all.delete(step.id);
          const gone = set.leave(step.id);
          expect(gone?.id).toBe(was?.id);
          const last = was?.role === "viewer" && !viewing(naive, was.visitor);
          expect(gone?.last ?? false).toBe(last);
          expect(set.leave(step.id)).toBeUndefined();
        }
        if (step.do === "ping" || step.do === "seen") {
          const known = naive.all.get(step.id);
          if (known) known.heard = now;
          if (step.do === "ping" && known) pings.set(step.id, now);
          if (step.do === "seen") set.seen(step.id, now);
        }
        expect(set.viewers).toBe(naive.viewers());
        expect(set.viewers).toBeGreaterThanOrEqual(0);
        expect(set.recent(now)).toBe(naive.recent(now));
        for (const network of ["n1", "n2"]) {
          expect(set.inNetwork(network)).toBe(naive.inNetwork(network));
        }
        const viewers = [...set.viewing()];
        expect(viewers.length).toBe(set.viewers);
        const next = set.nextLook();
        if (naive.all.size > 0) expect(next).not.toBeNull();
        for (const { heard } of naive.all.values()) {
          expect(next).toBeLessThanOrEqual(heard + LIVE_SILENT_MS);
        }
      }
    }),
    { numRuns: 500 },
  );
});

const viewing = (naive: Naive, visitor: string): boolean =>
  [...naive.all.values()].some((it) => it.visitor === visitor && it.role === "viewer");

const socket = (id: string, openedAt = 0): Connection => ({
  id,
  kind: "socket",
  role: "viewer",
  visitor: "ann",
  network: "n",
  openedAt,
  lastSeen: openedAt,
});

test("a fifth socket closes the oldest, and leases do not count among them", () => {
  const set = new ViewerSet();
  set.join({ ...socket("lease"), kind: "lease" });
  for (const [index, id] of ["b", "a", "c"].entries()) set.join(socket(id, 10 + index));
  expect(set.replacedByOneMore("ann", SOCKETS_PER_VISITOR)).toBeUndefined();
  set.join(socket("oldest", 5));
  expect(set.replacedByOneMore("ann", SOCKETS_PER_VISITOR)?.id).toBe("oldest");
  expect(set.replacedByOneMore("bob", SOCKETS_PER_VISITOR)).toBeUndefined();
});

test("a socket silent for 30 s is asked once in 10 s, and goes after 50 s", () => {
  const set = new ViewerSet();
  set.join(socket("a"));
  const asked: number[] = [];
  for (let now = 0; now <= LIVE_SILENT_MS; now += 500) {
    const { silent, quiet } = set.look(now, () => 0);
    if (quiet.length > 0) asked.push(now);
    expect(silent.length).toBe(now === LIVE_SILENT_MS ? 1 : 0);
  }
  expect(asked).toEqual([LIVE_BEAT_AFTER_MS, LIVE_BEAT_AFTER_MS + BEAT_AGAIN_MS]);
});

test("connections that ping are asked for their pings about as often as they ping, however often the number is read", () => {
  const set = new ViewerSet();
  for (let i = 0; i < 100; i += 1) set.join({ ...socket(`s${i}`), visitor: `v${i}` });
  let asked = 0;
  for (let now = 0; now < 300_000; now += 100) {
    const pingedAt = Math.floor(now / 20_000) * 20_000;
    set.look(now, () => {
      asked += 1;
      return pingedAt;
    });
  }
  expect(set.viewers).toBe(100);
  expect(asked).toBeLessThanOrEqual(100 * 15);
});
