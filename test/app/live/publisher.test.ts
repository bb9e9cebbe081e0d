import { expect, test } from "vitest";
import { type ListHeard, listPublisher } from "../../../src/app/live/list-publisher.ts";
import type { Told } from "../../../src/ports/room-store.ts";
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
