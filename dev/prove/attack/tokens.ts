/** Attacks with tokens that were changed, mixed up or made without the key: every one of them is worth nothing. */
import { contentId } from "../../../src/core/ids.ts";
import {
  asStandardBase64,
  laterBy,
  partsOf,
  withEvent,
  withFlippedBit,
  withParts,
  withSpareBits,
} from "./forge.ts";
import { CONFIRM, confirmMany, confirmOf, type Kind, RIPE_MS, type Tools } from "./kinds.ts";

const FORGED = ["401 token-forged"];
/** As a body of many tokens has it. */
const ALL_FORGED = ["200 token-forged"];
const MALFORMED = ["400 invalid-request"];

type Change = (token: string, index: number, tools: Tools) => string | Promise<string>;

/** A genuine token that nobody confirms, changed. */
const changed = (name: string, change: Change): Kind => {
  const content = contentOf(name);
  return {
    ...{ name, contents: [content], answers: FORGED },
    volley: async (index, tools) => {
      const token = await tools.mint(content, RIPE_MS);
      return { shots: [confirmOf(await change(token, index, tools))] };
    },
  };
};

const contentOf = (name: string): string => `attack-${name.replaceAll(" ", "-")}`;

/** What forgers would like to count. */
const TARGET = "attack-target";
const aimed = contentId(TARGET);

const swapped = (field: string, change: Parameters<typeof withEvent>[1]): Kind => {
  const kind = changed(`swapped ${field}`, (token) => withEvent(token, change));
  return { ...kind, contents: [...kind.contents, TARGET] };
};

const MACS: readonly Kind[] = [
  changed("flipped bit", withFlippedBit),
  changed("short mac", (token, index) => {
    const { mac } = partsOf(token);
    return withParts(token, { mac: mac.slice(0, index % mac.length) || "A" });
  }),
  changed("long mac", (token, index) => `${token}${"A".repeat(1 + (index % 20))}`),
  changed("zero mac", (token) => withParts(token, { mac: "A".repeat(22) })),
  changed("spare bits", (token) => withParts(token, { mac: withSpareBits(partsOf(token).mac) })),
  changed("padded base64", (token) =>
    withParts(token, { mac: asStandardBase64(partsOf(token).mac) }),
  ),
  changed("mac of another", async (token, _, { mint }) => {
    const other = await mint(TARGET, RIPE_MS);
    return withParts(token, { mac: partsOf(other).mac });
  }),
];

const KEYS: readonly Kind[] = [
  changed("unknown key", (token, index) => withParts(token, { keyId: `k${2 + (index % 9)}` })),
  changed("key of objects", (token, index) =>
    withParts(token, { keyId: ["__proto__", "constructor", "toString"][index % 3] ?? "" }),
  ),
  changed("key in capitals", (token) =>
    withParts(token, { keyId: partsOf(token).keyId.toUpperCase() }),
  ),
  changed("other version", (token, index) =>
    withParts(token, { version: `v${index % 2 ? 0 : 2}` }),
  ),
  changed("other deployment", async (_, index, tools) => {
    const made = await tools.mintElsewhere(contentOf("other deployment"), index, ripe());
    return made.token;
  }),
];

const FIELDS: readonly Kind[] = [
  swapped("content", () => (aimed === undefined ? {} : { content: aimed })),
  swapped("visitor", ({ visitor }) => ({ visitor: { ...visitor, lo: visitor.lo ^ 1 } })),
  swapped("shard", ({ shard }) => ({ shard: shard + 1 })),
  swapped("verdict", ({ edgeVerdict }) => ({ edgeVerdict: edgeVerdict === 0 ? 1 : 0 })),
  swapped("time", laterBy(1_000)),
  swapped("network", ({ network }) => ({ network: { ...network, hi: 7 } })),
  swapped("country", () => ({ country: "DE" })),
];

/** Nothing of a token, or next to it. */
const STRIPPED = [
  {},
  { token: "" },
  { token: null },
  { token: 7 },
  { token: ["v1"] },
  { tokens: [] },
  { tokens: "v1.k1.AAAA.AAAA" },
  { tokens: [""] },
  [],
] as const;

const SHAPES: readonly Kind[] = [
  {
    ...{ name: "stripped", contents: [], answers: MALFORMED },
    volley: async (index) => ({
      shots: [{ path: CONFIRM, body: STRIPPED[index % STRIPPED.length] ?? {} }],
    }),
  },
  changed("parts missing", (token, index) => {
    const parts = token.split(".");
    parts.splice(index % parts.length, 1);
    return parts.join(".");
  }),
  changed("parts added", (token) => `${token}.${partsOf(token).mac}`),
  {
    ...{ name: "token of 1 MB", contents: [], answers: ["413 body-too-large"], share: 0.05 },
    volley: async () => ({ shots: [confirmOf(`v1.k1.${"A".repeat(1024 * 1024)}.AAAA`)] }),
  },
  {
    ...{ name: "50 forged at once", contents: [contentOf("50 forged at once")] },
    answers: ALL_FORGED,
    share: 0.5,
    volley: async (index, { mint }) => {
      const tokens = Array.from({ length: 50 }, (_, i) =>
        mint(contentOf("50 forged at once"), RIPE_MS + i),
      );
      const forged = (await Promise.all(tokens)).map((token) => withFlippedBit(token, index));
      return { shots: [confirmMany(forged)] };
    },
  },
];

export const CHANGED_TOKENS: readonly Kind[] = [...MACS, ...KEYS, ...FIELDS, ...SHAPES];

const ripe = (): number => Date.now() - RIPE_MS;
