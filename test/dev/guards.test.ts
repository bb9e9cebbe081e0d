import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { withoutGuard } from "../../dev/prove/guards/patch.ts";
import { PATCHES } from "../../dev/prove/guards/patches.ts";
import { readSource } from "../../dev/prove/guards/tree.ts";
import { proveGuards } from "../../dev/prove/guards.ts";

describe("every guard that can be taken away", () => {
  test("is called by a name of its own", () => {
    expect(new Set(PATCHES.map(({ name }) => name)).size).toBe(PATCHES.length);
  });

  test.each(PATCHES.map((patch) => [patch.name, patch] as const))(
    "%s is where its patch looks for it, and its test is in its file",
    (_, patch) => {
      const source = readSource(patch.file);
      const without = withoutGuard(patch, source);
      expect(without).not.toBe(source);
      expect(without.length - source.length).toBe(patch.replace.length - patch.find.length);
      // Of names made of a table, the part that the file has.
      const title = patch.test.title ?? patch.test.name;
      expect(sourcesOf(patch.test.file).includes(title), title).toBe(true);
    },
  );
});

test("a guard that is taken away is noticed, for its reason and no other; one that nobody tests is not", async () => {
  const [real] = PATCHES.filter(({ name }) => name === "dwell-upper-bound");
  if (real === undefined) throw new Error("the patch is gone");
  const patches = [
    real,
    { ...real, name: "otherwise", fails: /a reason that nobody states/ },
    { ...real, name: "harmless", replace: `${real.find} /* the same */` },
    { ...real, name: "untested", test: { ...real.test, name: "a test that there is not" } },
  ];
  const reports = await proveGuards({ patches, trees: 1, log: () => undefined });
  expect(reports.map(({ patch, verdict }) => [patch.name, verdict])).toEqual([
    ["dwell-upper-bound", "noticed"],
    ["otherwise", "failed for another reason"],
    ["harmless", "SURVIVED"],
    ["untested", "no test passes with it"],
  ]);
});

/** Of a file that names its parts they are in those, and a contract's tests are in the file it is written in. */
const sourcesOf = (file: string): string => {
  const source = readSource(file);
  const parts = source.matchAll(/import\("\.\/([\w-]+\.part\.ts)"\)/g);
  const contracts = source.matchAll(/from "(?:\.\.\/)+(contract\/[\w-]+\.ts)"/g);
  return [
    source,
    ...[...parts].map(([, part]) => sourcesOf(join(dirname(file), `${part}`))),
    ...[...contracts].map(([, path]) => readSource(`test/${path}`)),
  ].join("\n");
};
