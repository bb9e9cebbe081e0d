import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EXCLUSION_EFFECTS } from "../../../src/core/views/exclusion.ts";
import {
  type LineRuling,
  type NamedLine,
  ruleOnLines,
  type StandingRecord,
  SUSPECT_RULE,
} from "../../../src/core/views/judged-line.ts";
import { EDGE_VERDICTS, VERDICTS } from "../../../src/core/views/verdict.ts";

const AT = Date.UTC(2026, 10, 21, 9);

const line = (more: Partial<NamedLine> = {}): NamedLine => ({
  at: AT,
  content: "a",
  visitor: "00000000000000aa",
  net: "00000000000000bb",
  browser: "chrome",
  asnClass: "hosting",
  verdict: "counted",
  rule: 1,
  ...more,
});
const bot = (more: Partial<NamedLine> = {}) => line({ verdict: "bot", ...more });

const sealedAs = ({ verdict }: NamedLine): number =>
  verdict === "bot" || verdict === "prefetch" ? EDGE_VERDICTS[verdict] : EDGE_VERDICTS.countable;

let made = 0;
const decided = (more: Partial<StandingRecord> = {}): StandingRecord => {
  made += 1;
  const id = `${made}`.padStart(6, "0");
  return { id, effect: "exclude", kind: "content", value: "a", fromAt: AT, ...more };
};

const ruled = (records: readonly StandingRecord[], of: NamedLine): LineRuling =>
  ruleOnLines(records)(of, sealedAs(of));

const countable = { edgeVerdict: EDGE_VERDICTS.countable, excluded: false, held: false };

const KINDS = [
  ["visitor", "00000000000000aa", { visitor: "00000000000000ab" }],
  ["network", "00000000000000bb", { net: "00000000000000aa" }],
  ["browser", "chrome", { browser: "edge" }],
  ["asn", "hosting", { asnClass: "access" }],
  ["content", "a", { content: "b" }],
  ["rule", "bot@1", { rule: 2 }],
] as const;

describe.each(KINDS)("a decision by %s %s", (kind, value, unlike) => {
  test("excludes an event it names, and no other", () => {
    const record = decided({ kind, value });
    expect(ruled([record], bot())).toEqual({
      edgeVerdict: EDGE_VERDICTS.bot,
      excluded: true,
      held: false,
      record: record.id,
    });
    expect(ruled([record], bot(unlike)).excluded).toBe(false);
  });

  test("reinstates an event it names, and no other", () => {
    const record = decided({ kind, value, effect: "reinstate" });
    expect(ruled([record], bot())).toEqual({ ...countable, record: record.id });
    expect(ruled([record], bot(unlike))).toEqual({
      edgeVerdict: EDGE_VERDICTS.bot,
      excluded: false,
      held: false,
    });
  });
});

test("a decision about one content leaves all others alone, and its time is half open, to the millisecond", () => {
  const record = decided({ kind: "asn", value: "hosting", content: "a", toAt: AT + 5 });
  const excluded = (more: Partial<NamedLine>) => ruled([record], line(more)).excluded;
  expect(excluded({})).toBe(true);
  expect(excluded({ content: "b" })).toBe(false);
  expect(excluded({ at: AT - 1 })).toBe(false);
  expect(excluded({ at: AT + 4 })).toBe(true);
  expect(excluded({ at: AT + 5 })).toBe(false);
});

test("who was known by the key of the day before is named by either", () => {
  const prev = "00000000000000cc";
  const [today, yesterday, network] = [
    decided({ kind: "visitor", value: line().visitor }),
    decided({ kind: "visitor", value: prev }),
    decided({ kind: "network", value: prev }),
  ];
  expect(ruled([today], line({ prev })).excluded).toBe(true);
  expect(ruled([yesterday], line({ prev })).excluded).toBe(true);
  expect(ruled([yesterday], line()).excluded).toBe(false);
  expect(ruled([network], line({ prev })).excluded).toBe(false);
});

test("what would have counted anyway is not reinstated: nothing is put down to the decision", () => {
  const record = decided({ effect: "reinstate" });
  for (const verdict of ["counted", "duplicate", "late"]) {
    expect(ruled([record], line({ verdict }))).toEqual(countable);
  }
});

test("what a later version of the edge sealed is not reinstated, but may be excluded", () => {
  const later = line({ verdict: "unknown:9" });
  const reinstated = ruleOnLines([decided({ effect: "reinstate" })])(later, 9);
  expect(reinstated).toEqual({ edgeVerdict: 9, excluded: false, held: false });
  expect(ruleOnLines([decided()])(later, 9)).toMatchObject({ edgeVerdict: 9, excluded: true });
});

test("a user's id names nothing, whatever it looks like", () => {
  const record = decided({ kind: "user", value: line().visitor });
  expect(ruled([record], line())).toEqual(countable);
});

describe("what was held as a suspect", () => {
  const suspect = line({ verdict: "suspect" });
  const rule = (records: readonly StandingRecord[], isHeld: boolean) =>
    ruleOnLines(records, () => isHeld)(suspect, EDGE_VERDICTS.countable);

  test("stays out of the count as long as something has it held, and counts otherwise", () => {
    expect(rule([], true)).toEqual({ ...countable, held: true });
    expect(rule([], false)).toEqual(countable);
  });

  test("is reinstated by the name of its rule, or by anything else that names it", () => {
    for (const [kind, value] of [...KINDS.slice(0, 5), ["rule", SUSPECT_RULE]] as const) {
      const record = decided({ effect: "reinstate", kind, value });
      expect(rule([record], true)).toEqual({ ...countable, record: record.id });
    }
    expect(rule([decided({ effect: "reinstate", kind: "rule", value: "bot@1" })], true).held).toBe(
      true,
    );
  });

  test("is excluded by what names it, held or not", () => {
    expect(rule([decided()], true).excluded).toBe(true);
    expect(rule([decided()], false).excluded).toBe(true);
  });

  test("is nobody's business for an event of another verdict: it is not even asked", () => {
    const refuse = () => {
      throw new Error("asked");
    };
    const ruleOn = ruleOnLines([decided()], refuse);
    for (const verdict of ["counted", "late", "duplicate", "bot"]) {
      expect(ruleOn(line({ verdict }), 0).excluded).toBe(true);
    }
  });
});

/** By the letter: every decision is held against the event. */
const byHand = (records: readonly StandingRecord[], of: NamedLine): LineRuling => {
  const naming = records
    .filter(({ kind, value, content, fromAt, toAt }) => {
      const names = { network: [of.net], browser: [of.browser], asn: [of.asnClass], user: [] };
      const others = { content: [of.content], rule: [`${of.verdict}@${of.rule}`] };
      const all = { ...names, ...others, visitor: [of.visitor, of.prev] };
      if (!all[kind].some((name) => name === value)) return false;
      if (content !== undefined && content !== of.content) return false;
      return of.at >= fromAt && of.at < (toAt ?? Number.POSITIVE_INFINITY);
    })
    .toSorted((a, b) => a.id.localeCompare(b.id));
  const excludedBy = naming.find(({ effect }) => effect === "exclude");
  const edgeVerdict = sealedAs(of);
  if (excludedBy) return { edgeVerdict, excluded: true, held: false, record: excludedBy.id };
  const reinstatedBy = naming.find(({ effect }) => effect === "reinstate");
  if (edgeVerdict === 0 || !reinstatedBy) return { edgeVerdict, excluded: false, held: false };
  return { ...countable, record: reinstatedBy.id };
};

const few = fc.constantFrom("a", "b", "c");

test("whatever was decided, in any order: exclude goes before reinstate, and the oldest that names an event has done it", () => {
  const lines = fc.record(
    {
      at: fc.integer({ min: 0, max: 6 }),
      ...{ content: few, visitor: few, prev: few, net: few, browser: few, asnClass: few },
      verdict: fc.constantFrom("counted", "late", "bot", "prefetch"),
      rule: fc.integer({ min: 1, max: 2 }),
    },
    { requiredKeys: ["at", "content", "visitor", "net", "browser", "asnClass", "verdict", "rule"] },
  );
  const record = fc.record(
    {
      id: fc.string({ unit: fc.constantFrom("0", "1", "2"), minLength: 6, maxLength: 6 }),
      effect: fc.constantFrom(...EXCLUSION_EFFECTS),
      kind: fc.constantFrom("visitor", "network", "browser", "user", "asn", "content", "rule"),
      value: fc.oneof(few, fc.constantFrom("bot@1", "prefetch@1", "bot@2")),
      content: few,
      fromAt: fc.integer({ min: 0, max: 4 }),
      toAt: fc.integer({ min: 2, max: 7 }),
    },
    { requiredKeys: ["id", "effect", "kind", "value", "fromAt"] },
  );
  const records = fc.uniqueArray(record, { selector: ({ id }) => id, maxLength: 12 });
  fc.assert(
    fc.property(records, lines, (all, of) => {
      expect(ruled(all, of)).toEqual(byHand(all, of));
    }),
    { numRuns: 2_000 },
  );
});

test("every verdict of the edge that there is can be reinstated, so that none is left out when one is added", () => {
  const sealed = Object.entries(EDGE_VERDICTS).filter(([name]) => name !== "countable");
  expect(sealed.length).toBeGreaterThan(0);
  for (const [verdict, code] of sealed) {
    expect(VERDICTS).toHaveProperty(verdict, code);
    const record = decided({ effect: "reinstate", kind: "rule", value: `${verdict}@1` });
    expect(ruleOnLines([record])(line({ verdict }), code)).toMatchObject(countable);
  }
});
