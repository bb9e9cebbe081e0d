import { expect, test } from "vitest";
import { type ListHeard, listPublisher } from "../../../src/app/live/list-publisher.ts";
import { readModelPublisher } from "../../../src/app/live/read-model-publisher.ts";
import { stamp } from "../../../src/core/stamp.ts";
import type { StreamPublished } from "../../../src/ports/read-model.ts";
import type { Told, Unanswered } from "../../../src/ports/room-store.ts";
import type { PublishAnswer } from "../../../src/protocol/room-rpc.ts";
import { anEntry, stream } from "../../support/live-fakes.ts";

const ANSWER: PublishAnswer = { had: undefined, saved: { asOf: 0, sampledThrough: 0 } };

const unremembered = (): never => {
  throw new Error("what the list was told leaves no other trace");
};

test("of two answers that overtook each other the one to the later entry stands, and the other is late", async () => {
  const answers: PromiseWithResolvers<PublishAnswer>[] = [];
  const saved: (Told | undefined)[] = [];
  const work: Promise<void>[] = [];
  const publisher = listPublisher({
    store: {
      told: () => undefined,
      saveTold: (_, told) => void saved.push(told),
      unanswered: unremembered,
      saveUnanswered: unremembered,
    },
    rankings: {
      publish: () => {
        const answer = Promise.withResolvers<PublishAnswer>();
        answers.push(answer);
        return answer.promise;
      },
    },
    random: { bytes: (count) => new Uint8Array(count), fraction: () => 0 },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    background: (promise) => void work.push(promise),
  });
  const heard: ListHeard[] = [];
  for (const asOf of [1_000, 7_000]) {
    const entry = anEntry(stream("s"), { asOf, viewers: asOf });
    publisher.publish(entry, (one) => void heard.push(...(one === undefined ? [] : [one])));
  }
  answers[1]?.resolve(ANSWER);
  await work[1];
  answers[0]?.resolve(ANSWER);
  await work[0];
  expect(saved.map((told) => told?.viewers)).toEqual([7_000]);
  expect(heard.map(({ message, late }) => [message.asOf, late])).toEqual([
    [7_000, false],
    [1_000, true],
  ]);
  expect(heard[1]?.before).toMatchObject({ viewers: 7_000 });
});

/** The read model, whose answers come when the test says so. */
const slowReadModel = () => {
  const answers: PromiseWithResolvers<StreamPublished>[] = [];
  const work: Promise<void>[] = [];
  const saved = new Map<string, Told | Unanswered | undefined>();
  const problems: string[] = [];
  const report = (event: string): void => void problems.push(event);
  const publisher = readModelPublisher(
    {
      store: {
        told: () => undefined,
        saveTold: (_, told) => void saved.set("told", told),
        unanswered: () => undefined,
        saveUnanswered: (_, unanswered) => void saved.set("unanswered", unanswered),
      },
      readModel: {
        publishStream() {
          const answer = Promise.withResolvers<StreamPublished>();
          answers.push(answer);
          return answer.promise;
        },
      },
      random: { bytes: (count) => new Uint8Array(count), fraction: () => 0 },
      log: { info: report, warn: report, error: report },
      background: (promise) => void work.push(promise),
    },
    { riseAbove: () => true },
  );
  const say = (asOf: number, viewers: number) => {
    const { samples: _, days: __, ...numbers } = anEntry(stream("s"), { asOf, viewers });
    publisher?.publish({ ...numbers, recent: 0 }, () => undefined);
    return numbers;
  };
  return { publisher, say, answers, work, saved, problems };
};

test("a failure that is heard of after a later message was taken leaves nothing in doubt", async () => {
  const { publisher, say, answers, work, saved } = slowReadModel();
  say(1_000, 1);
  const numbers = say(8_000, 2);
  answers[1]?.resolve({ incarnation: "1", had: undefined });
  await work[1];
  answers[0]?.reject(new Error("time is up"));
  await work[0];
  expect(saved.get("unanswered")).toBeUndefined();
  expect(saved.get("told")).toMatchObject({ viewers: 2, at: 8_000 });
  expect(publisher?.publishAt(numbers, null)).toBeGreaterThan(8_000 + 2_000);
});

test("an answer that comes after another message was sent settles nothing, whatever it says it had", async () => {
  const { publisher, say, answers, work, saved, problems } = slowReadModel();
  say(1_000, 1);
  const numbers = say(8_000, 2);
  answers[0]?.resolve({ incarnation: "1", had: stamp(9, 9) });
  await work[0];
  expect(saved.get("unanswered")).toMatchObject({ since: 1_000, triedAt: 8_000 });
  expect(problems).toEqual([]);
  // The later one is still under way.
  expect(publisher?.publishAt(numbers, null)).toBe(8_000 + 6_000);
});
