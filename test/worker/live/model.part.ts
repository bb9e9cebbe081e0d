import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SOCKETS_PER_VISITOR } from "../../../src/core/limits.ts";
import { CLOSE_CODES } from "../../../src/protocol/live-messages.ts";
import {
  type Client,
  join,
  numbersOf,
  openRoom,
  roomOf,
  settle,
  viewersBecome,
} from "./support.ts";

interface Tab {
  readonly visitor: string;
  readonly role: "viewer" | "observer";
  readonly client: Client;
}

/** Who should be there. */
class Model {
  tabs: Tab[] = [];
  readonly leases = new Set<string>();
  readonly visitors = new Set<string>();
  peak = 0;

  get viewers(): number {
    const tabs = this.tabs.filter(({ role }) => role === "viewer");
    return new Set([...tabs.map(({ visitor }) => visitor), ...this.leases]).size;
  }

  came(visitor: string): void {
    this.visitors.add(visitor);
    this.peak = Math.max(this.peak, this.viewers);
  }

  expected() {
    const total = this.visitors.size;
    return { viewers: this.viewers, peak: this.peak, total, uniqueToday: total };
  }
}

const visitor = fc.constantFrom("ann", "bob", "cid");
const steps = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("connect" as const), visitor }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("observe" as const), visitor }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("heartbeat" as const), visitor }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("leave" as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("alarm" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("hibernate" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const) }) },
);

type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

const enter = async (
  stream: string,
  model: Model,
  who: Pick<Tab, "visitor" | "role">,
): Promise<void> => {
  const own = model.tabs.filter((tab) => tab.visitor === who.visitor);
  model.tabs.push({ ...who, client: await join(stream, who) });
  if (own.length >= SOCKETS_PER_VISITOR) {
    await own[0]?.client.closedWith(CLOSE_CODES.replaced);
    model.tabs = model.tabs.filter((tab) => tab !== own[0]);
  }
  if (who.role === "viewer") model.came(who.visitor);
};

const act = async (stream: string, model: Model, step: Step): Promise<void> => {
  switch (step.do) {
    case "connect":
      return enter(stream, model, { visitor: step.visitor, role: "viewer" });
    case "observe":
      return enter(stream, model, { visitor: step.visitor, role: "observer" });
    case "heartbeat": {
      const { visitor } = step;
      await roomOf(stream).heartbeat({ role: "viewer", identity: visitor, network: visitor });
      model.leases.add(visitor);
      return model.came(visitor);
    }
    case "leave": {
      const [tab] = model.tabs.splice(step.which % Math.max(1, model.tabs.length), 1);
      tab?.client.socket.close(1000);
      return viewersBecome(stream, model.viewers);
    }
    case "alarm":
      await runDurableObjectAlarm(roomOf(stream));
      return;
    case "hibernate":
    case "close":
      // An instance with a save pending does not sleep.
      await settle(stream);
      await evictDurableObject(roomOf(stream), { webSockets: step.do });
      if (step.do === "close") model.tabs = [];
      return;
  }
};

let rooms = 0;

test("after any steps the real object says who is there, sleep and death included", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 12 }), async (history) => {
      rooms += 1;
      const stream = `model-${rooms}`;
      await openRoom(stream);
      const model = new Model();
      for (const step of history) {
        await act(stream, model, step);
        expect(await numbersOf(stream)).toMatchObject(model.expected());
      }
      await roomOf(stream).end();
      expect(await numbersOf(stream)).toMatchObject({ ...model.expected(), viewers: 0 });
    }),
    {
      numRuns: 12,
      endOnFailure: true,
      examples: [
        [
          [
            // On disk is an old open session while a new one is not yet.
            { do: "connect", visitor: "cid" },
            { do: "close" },
            { do: "heartbeat", visitor: "cid" },
            { do: "close" },
          ],
        ],
      ],
    },
  );
});
