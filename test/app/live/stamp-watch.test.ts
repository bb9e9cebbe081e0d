import { expect, test } from "vitest";
import { StampWatch } from "../../../src/app/live/stamp-watch.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { stream } from "../../support/live-fakes.ts";
import { NotedLog } from "../../support/noted-log.ts";

const OURS = { stream: stream("a"), stamp: stamp(1, 5) };

const watch = (raised = true) => {
  const log = new NotedLog();
  const versions = { riseAbove: () => raised };
  return { log, watch: new StampWatch({ audience: "readmodel", versions, log }) };
};

test("what has our own stamp, an older one or none has taken what it was told", () => {
  const { watch: ours, log } = watch();
  for (const had of [OURS.stamp, stamp(1, 4), undefined])
    expect(ours.heard(OURS, had)).toBe("taken");
  expect(log.lines).toEqual([]);
});

test("what is above ours is told again once, until it has taken something", () => {
  const { watch: ours, log } = watch();
  const above = stamp(1, 6);
  const verdicts = [above, above, undefined, above].map((had) => ours.heard(OURS, had));
  expect(verdicts).toEqual(["refused", "foreign", "taken", "refused"]);
  expect(log.lines).toEqual(["room.stamps-raised", "room.stamps-raised"]);
});

test("what nothing can be above is foreign at once, and said so once", () => {
  const { watch: ours, log } = watch(false);
  expect([1, 2].map(() => ours.heard(OURS, stamp(1, 6)))).toEqual(["foreign", "foreign"]);
  expect(log.lines).toEqual(["room.foreign-stamp"]);
});
