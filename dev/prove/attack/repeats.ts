/** Attacks with tokens that the key has signed: too soon, too late, again and again. Each is one view at most. */
import { DWELL_MS, TOKEN_LIFE_MS } from "../../../src/core/limits.ts";
import { confirmMany, confirmOf, type Kind, RIPE_MS } from "./kinds.ts";

const DURABLE = ["202 durable"];

/** Between the age at which it is sent and the end of its dwell: it is still early when it arrives. */
const MARGIN_MS = 1_500;

interface Timed {
  readonly name: string;
  readonly answers: readonly string[];
  readonly ageMs: (index: number) => number;
}

const timed = ({ name, answers, ageMs }: Timed): Kind => {
  const content = `attack-${name.replaceAll(" ", "-")}`;
  return {
    ...{ name, contents: [content], answers },
    volley: async (index, { mint }) => ({
      shots: [confirmOf(await mint(content, ageMs(index)))],
    }),
  };
};

const TIMES: readonly Kind[] = [
  timed({
    ...{ name: "early", answers: ["425 token-early"] },
    ageMs: (index) => index % (DWELL_MS - MARGIN_MS),
  }),
  timed({
    ...{ name: "of the future", answers: ["425 token-early"] },
    ageMs: (index) => -60_000 * (1 + (index % 600)),
  }),
  timed({
    ...{ name: "expired", answers: ["410 token-expired"] },
    ageMs: (index) => TOKEN_LIFE_MS + 1_000 * (index % 86_400),
  }),
];

/** Of what is worth one view: `shots` of the same token, or of the same visitor. */
const TIMES_SENT = 5;

const AGAIN = "attack-replayed";
const ATONCE = "attack-parallel";
const TOGETHER = "attack-together";
const RELOADED = "attack-reloaded";
const AMONG = "attack-among";

const repeat = <T>(times: number, one: T): T[] => Array.from({ length: times }, () => one);

const REPLAYS: readonly Kind[] = [
  {
    ...{ name: "replayed by others", contents: [AGAIN], answers: DURABLE, shots: TIMES_SENT },
    // One after the other, each from another network, as a botnet does that hands a token around.
    volley: async (_, { mint }) => ({
      shots: repeat(TIMES_SENT, confirmOf(await mint(AGAIN, RIPE_MS))),
      inTurn: true,
      worth: [AGAIN, 1],
    }),
  },
  {
    ...{ name: "same token at once", contents: [ATONCE], answers: DURABLE, shots: 20 },
    volley: async (_, { mint }) => ({
      shots: repeat(20, confirmOf(await mint(ATONCE, RIPE_MS))),
      worth: [ATONCE, 1],
    }),
  },
  {
    ...{ name: "same token in one body", contents: [TOGETHER], answers: ["200 durable"] },
    share: 0.5,
    volley: async (_, { mint }) => ({
      shots: [confirmMany(repeat(50, await mint(TOGETHER, RIPE_MS)))],
      worth: [TOGETHER, 1],
    }),
  },
  {
    ...{ name: "reload loop", contents: [RELOADED], answers: DURABLE, shots: TIMES_SENT },
    // Opened within one minute: tokens of their own, and one visitor.
    volley: async (_, { mint, nextVisitor }) => {
      const visitor = nextVisitor();
      const tokens = Array.from({ length: TIMES_SENT }, (_, i) =>
        mint(RELOADED, RIPE_MS + 1_000 * i, visitor),
      );
      return { shots: (await Promise.all(tokens)).map(confirmOf), worth: [RELOADED, 1] };
    },
  },
];

/** So that all shards have some. */
const CONTENTS = 16;

const contentsOf = (name: string): readonly string[] =>
  Array.from({ length: CONTENTS }, (_, i) => `attack-${name}-${i}`);

/** Controls: what is genuine counts, each one once, also in the same body as forgeries. */
const GENUINE: readonly Kind[] = [
  {
    ...{ name: "genuine", contents: contentsOf("genuine"), answers: DURABLE },
    volley: async (index, { mint }) => {
      const content = `attack-genuine-${index % CONTENTS}`;
      return { shots: [confirmOf(await mint(content, RIPE_MS))], worth: [content, 1] };
    },
  },
  {
    ...{ name: "genuine, 50 in a body", contents: contentsOf("bodies"), answers: ["200 durable"] },
    volley: async (index, { mint }) => {
      const content = `attack-bodies-${index % CONTENTS}`;
      const tokens = Array.from({ length: 50 }, (_, i) => mint(content, RIPE_MS + 100 * i));
      return { shots: [confirmMany(await Promise.all(tokens))], worth: [content, 50] };
    },
  },
  {
    ...{ name: "genuine among forged", contents: [AMONG] },
    answers: ["200 durable+token-forged"],
    volley: async (_, { mint }) => {
      const token = await mint(AMONG, RIPE_MS);
      const forged = `${token.slice(0, -2)}${token.endsWith("AA") ? "BA" : "AA"}`;
      return { shots: [confirmMany([forged, token, forged])], worth: [AMONG, 1] };
    },
  },
];

export const REPEATED_TOKENS: readonly Kind[] = [...TIMES, ...REPLAYS];

export const GENUINE_VIEWS: readonly Kind[] = GENUINE;
