/**
 * Who has no key counts nothing: tokens that were changed, mixed up, made elsewhere, sent too soon, too late and again,
 * ways around tokens, forged tickets, and tokens farmed as fast as a network gets them; genuine views among them count.
 */
import { randomBytes } from "node:crypto";
import { toBase64Url } from "../../src/protocol/base64url.ts";
import { Prng } from "../../test/simulation/prng.ts";
import { endLiveStream, startLiveStream } from "../live-stream.ts";
import { makeMinter } from "../offline-mint.ts";
import { type Farm, farm } from "./attack/farm.ts";
import { farmsOf } from "./attack/farms.ts";
import type { Kind, Tools, Volley } from "./attack/kinds.ts";
import { AROUND_TOKENS, forgedTickets, genuineTicket } from "./attack/others.ts";
import { GENUINE_VIEWS, REPEATED_TOKENS } from "./attack/repeats.ts";
import type { AttackReport, Tried } from "./attack/report.ts";
import { CHANGED_TOKENS } from "./attack/tokens.ts";
import { inParallel, Sender } from "./safety/sender.ts";
import type { SafetyService } from "./safety/service.ts";
import { settled, sum } from "./settled-counts.ts";

export interface AttackScale {
  /** Of forgers, in all. */
  readonly requests: number;
  /** Genuine views among them, at least. */
  readonly genuine: number;
  /** How often a network tries to get all the tokens that it may have in a minute. */
  readonly quotas: number;
  readonly seed: number;
  /** How long counts have to stay the same until they are final; absent: 4 s. */
  readonly quietMs?: number;
  log(line: string): void;
}

const PARALLEL = 32;
const STREAM = "attack-private";
const TICKETS = 20;

export const proveAttack = async (
  service: SafetyService,
  scale: AttackScale,
): Promise<AttackReport> => {
  const { url, adminKey, ticketKeys } = service;
  const startedAt = performance.now();
  await startLiveStream({ url, adminKey, stream: STREAM, visibility: "private" });
  const forgers = [...CHANGED_TOKENS, ...REPEATED_TOKENS, ...AROUND_TOKENS];
  const kinds = [...forgers, forgedTickets(STREAM, ticketKeys)];
  const plan = [...planOf(kinds, scale.requests), ...genuinePlan(scale.genuine)];
  const sender = new Sender(url);
  const farms = farmsOf(service.variables, scale.quotas);
  const [, farmed] = await Promise.all([
    barrage(plan, { sender, tools: toolsOf(service), scale }),
    Promise.all(farms.map((its) => farm(sender, its))),
  ]);
  scale.log(`${sender.sent} requests in ${Math.round(performance.now() - startedAt)} ms`);
  const viewers = await viewersOf(service, sender);
  // It would go on telling the list and the read model of itself.
  await endLiveStream({ url, adminKey, stream: STREAM });
  const least =
    sum(plan.flatMap(({ tried }) => [...tried.worth.values()])) +
    sum(farmed.map(({ farm: its, granted }) => its.worth(granted).least));
  const counted = await settled(service, [...contentsOf(plan), ...farms.map(contentOf)], {
    ...{ least, quietMs: scale.quietMs },
  });
  return {
    ...{ requests: sender.sent, repeated: sender.repeated, tried: plan.map(({ tried }) => tried) },
    counted,
    farmed: farmed.map((its) => ({ ...its, counted: counted.get(its.farm.content) ?? -1 })),
    viewers: { genuine: TICKETS, ...viewers },
    durationMs: Math.round(performance.now() - startedAt),
  };
};

interface Planned {
  readonly kind: Kind;
  readonly volleys: number;
  readonly tried: Tried & {
    readonly answers: Map<string, number>;
    readonly worth: Map<string, number>;
  };
}

const planned = (kind: Kind, volleys: number): Planned => ({
  ...{ kind, volleys },
  tried: {
    ...{ name: kind.name, contents: kind.contents, right: kind.answers },
    ...{ answers: new Map(), worth: new Map() },
  },
});

const planOf = (kinds: readonly Kind[], requests: number): readonly Planned[] => {
  const shares = sum(kinds.map(({ share = 1 }) => share));
  return kinds.map((kind) => {
    const { share = 1, shots = 1 } = kind;
    return planned(kind, Math.ceil((requests * share) / shares / shots));
  });
};

/** Most of them many in a body, so that they cost the time of a few. */
const genuinePlan = (views: number): readonly Planned[] => {
  const alone = Math.ceil(views / 10);
  const [single, many, among] = GENUINE_VIEWS;
  if (single === undefined || many === undefined || among === undefined) return [];
  return [
    planned(single, alone),
    planned(many, Math.ceil((views - alone) / 50)),
    planned(among, Math.ceil(alone / 10)),
  ];
};

const toolsOf = ({ tokenKeys, shards }: SafetyService): Tools => {
  const mint = makeMinter({ tokenKeys, shards });
  const [id] = tokenKeys.split(":");
  let visitor = 0;
  const nextVisitor = () => {
    visitor += 1;
    return visitor;
  };
  return {
    nextVisitor,
    mint: async (content, ageMs, of = nextVisitor()) => {
      const { token } = await mint(content, of, Date.now() - ageMs);
      return token;
    },
    mintElsewhere: makeMinter({ tokenKeys: `${id}:${toBase64Url(randomBytes(32))}`, shards }),
  };
};

interface Arms {
  readonly sender: Sender;
  readonly tools: Tools;
  readonly scale: AttackScale;
}

/** All kinds in one another's midst. */
const barrage = async (plan: readonly Planned[], { sender, tools, scale }: Arms): Promise<void> => {
  const prng = new Prng(scale.seed);
  const order = plan
    .flatMap((its) => Array.from({ length: its.volleys }, (_, index) => ({ its, index })))
    .map((one) => ({ one, at: prng.fraction() }))
    .toSorted((a, b) => a.at - b.at);
  await inParallel(order.length, PARALLEL, async (next) => {
    const { its, index } = order[next]?.one ?? {};
    if (its === undefined || index === undefined) return;
    const volley = await its.kind.volley(index, tools);
    if (volley.worth !== undefined) add(its.tried.worth, ...volley.worth);
    for (const answer of await fire(sender, volley)) add(its.tried.answers, answer, 1);
  });
};

const fire = async (sender: Sender, { shots, inTurn }: Volley): Promise<readonly string[]> => {
  const send = async (shot: Volley["shots"][number]): Promise<string> => {
    const { status, word } = await sender.send(shot);
    return `${status} ${word}`;
  };
  if (!inTurn) return Promise.all(shots.map(send));
  const answers: string[] = [];
  for (const shot of shots) answers.push(await send(shot));
  return answers;
};

const add = (numbers: Map<string, number>, key: string, more: number): void => {
  numbers.set(key, (numbers.get(key) ?? 0) + more);
};

/** Controls: those with a ticket are let in, and nobody else was. */
const viewersOf = async (
  { url, ticketKeys }: SafetyService,
  sender: Sender,
): Promise<{ readonly refused: number; readonly counted: number }> => {
  let refused = 0;
  await inParallel(TICKETS, PARALLEL, async (index) => {
    const { status } = await sender.send(genuineTicket(STREAM, ticketKeys, `genuine-${index}`));
    if (status !== 200) refused += 1;
  });
  const answer = await fetch(`${url}/v1/streams/${STREAM}?consistency=strong`);
  const { total } = (await answer.json()) as { readonly total: number };
  return { refused, counted: total };
};

const contentsOf = (plan: readonly Planned[]): readonly string[] => [
  ...new Set(plan.flatMap(({ kind }) => kind.contents)),
];

const contentOf = ({ content }: Farm): string => content;
