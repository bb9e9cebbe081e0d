import { beforeEach, expect, test } from "vitest";
import { CommitQueue } from "../../../src/app/views/commit-queue.ts";
import { COLLECTOR_MAX_PENDING_BYTES, ROW_MAX_BYTES } from "../../../src/core/limits.ts";
import { settled } from "../../support/hand-time.ts";

interface Commit {
  readonly row: Uint8Array;
  readonly end: PromiseWithResolvers<void>;
}

let commits: Commit[];
let queue: CommitQueue;

beforeEach(() => {
  commits = [];
  const commit = (row: Uint8Array): Promise<void> => {
    const end = Promise.withResolvers<void>();
    commits.push({ row, end });
    return end.promise;
  };
  queue = new CommitQueue(commit, () => undefined);
});

const FRAME_BYTES = 1_024;

/** Frames that say in their last byte whose they are. */
const framesOf = (owner: number, bytes = FRAME_BYTES): Uint8Array => {
  const frames = new Uint8Array(bytes);
  const view = new DataView(frames.buffer);
  for (let at = 0; at < bytes; at += FRAME_BYTES) view.setUint16(at, FRAME_BYTES - 2);
  frames[bytes - 1] = owner;
  return frames;
};

const append = (owner: number, bytes?: number): Promise<string> =>
  queue.append(framesOf(owner, bytes)).then(({ status }) => status, String);

const ownersIn = (row: Uint8Array | undefined): readonly number[] =>
  [...(row ?? [])].filter((_, at) => at % FRAME_BYTES === FRAME_BYTES - 1);

const end = async (commit: number): Promise<void> => {
  commits[commit]?.end.resolve();
  await settled();
};

test("a call that finds the queue idle is committed at once", async () => {
  const answer = append(1);
  expect(commits).toHaveLength(1);
  await end(0);
  expect(await answer).toBe("committed");
});

test("calls that arrive during a commit share the next one, in order", async () => {
  const answers = [append(1), append(2), append(3), append(4)];
  expect(commits).toHaveLength(1);
  await end(0);
  expect(commits.map(({ row }) => ownersIn(row))).toEqual([[1], [2, 3, 4]]);
  await end(1);
  expect(await Promise.all(answers)).toEqual(Array(4).fill("committed"));
});

test("no call is answered before its own commit", async () => {
  const first = append(1);
  const second = append(2);
  await end(0);
  expect(await first).toBe("committed");
  const unanswered = Promise.resolve("unanswered");
  expect(await Promise.race([second, unanswered])).toBe("unanswered");
});

test("a commit that fails reaches the calls in it, and no other", async () => {
  const answers = [append(1), append(2), append(3)];
  await end(0);
  commits[1]?.end.reject(new Error("disk"));
  await settled();
  expect(await Promise.all(answers)).toEqual(["committed", "Error: disk", "Error: disk"]);
  const next = append(4);
  await end(2);
  expect(await next).toBe("committed");
});

test("a row holds whole calls and no more than a row may, except for one call that is larger", async () => {
  const half = ROW_MAX_BYTES / 2;
  const answers = [
    append(1),
    append(2, half),
    append(3, half),
    append(4),
    append(5, 2 * ROW_MAX_BYTES),
  ];
  for (let commit = 0; commit < 4; commit += 1) await end(commit);
  expect(commits.map(({ row }) => row.length)).toEqual([
    FRAME_BYTES,
    ROW_MAX_BYTES,
    FRAME_BYTES,
    2 * ROW_MAX_BYTES,
  ]);
  expect(await Promise.all(answers)).toEqual(Array(5).fill("committed"));
});

test("with too much waiting a call is told overloaded and nothing of it is taken", async () => {
  const first = append(1);
  const waiting = append(2, COLLECTOR_MAX_PENDING_BYTES);
  const last = append(3);
  expect(await append(4)).toBe("overloaded");
  for (let commit = 0; commit < 3; commit += 1) await end(commit);
  expect(await Promise.all([first, waiting, last])).toEqual(Array(3).fill("committed"));
  expect(commits.flatMap(({ row }) => ownersIn(row))).not.toContain(4);
  const after = append(5);
  await end(3);
  expect(await after).toBe("committed");
});
