import { expect, test } from "vitest";
import { NoAnswer, type Query } from "../../../dev/doctor/query.ts";
import { watch } from "../../../dev/doctor/watch.ts";

/** Each question a write more. */
const growing = (): Query => {
  let asked = 0;
  return async () => [{ Variable_name: "Threads_running", Value: `${asked++}` }];
};

const watchLines = async (lines: number, query: Query): Promise<readonly string[]> => {
  const controller = new AbortController();
  const printed: string[] = [];
  await watch({
    query,
    everyMs: 1,
    signal: controller.signal,
    print: (line) => {
      printed.push(line);
      if (printed.length === lines) controller.abort();
    },
  });
  return printed;
};

test("the header stands above every twenty lines", async () => {
  const printed = await watchLines(44, growing());
  const headers = printed.flatMap((line, i) => (line.startsWith("UTC") ? [i] : []));
  expect(headers).toEqual([0, 21, 42]);
});

test("nothing is printed once it is to end, be it in a pause or after a line", async () => {
  expect(await watchLines(1, growing())).toHaveLength(1);
  expect(await watchLines(5, growing())).toHaveLength(5);
});

test("a server that goes away ends it", async () => {
  let asked = 0;
  const query: Query = async () => {
    if (asked++ > 1) throw new NoAnswer("gone");
    return [];
  };
  await expect(watchLines(9, query)).rejects.toThrow("gone");
});
