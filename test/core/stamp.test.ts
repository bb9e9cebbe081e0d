import fc from "fast-check";
import { expect, test } from "vitest";
import { readStamp, stamp } from "../../src/core/stamp.ts";

const part = fc.record({
  generation: fc.integer({ min: 0, max: Date.UTC(5_000, 0) }),
  version: fc.maxSafeNat(),
});

test("stamps sort as their parts compare, the generation first", () => {
  fc.assert(
    fc.property(part, part, (a, b) => {
      const [one, other] = [stamp(a.generation, a.version), stamp(b.generation, b.version)];
      const order = a.generation - b.generation || a.version - b.version;
      expect(Math.sign(order)).toBe(one === other ? 0 : one < other ? -1 : 1);
    }),
    {
      examples: [
        [
          { generation: 1, version: 35 },
          { generation: 1, version: 36 },
        ],
        [
          { generation: 35, version: 1 },
          { generation: 36, version: 1 },
        ],
      ],
    },
  );
});

test("a stamp says what it was made of", () => {
  fc.assert(
    fc.property(part, ({ generation, version }) => {
      expect(readStamp(stamp(generation, version))).toEqual({ generation, version });
    }),
  );
});
