/**
 * Names cost nothing: random ids of contents, streams, categories and broadcasters make no object, no row and no key,
 * and random query strings are answered without any store.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Prng } from "../../test/simulation/prng.ts";
import { makeMinter } from "../offline-mint.ts";
import { CONFIRM, RIPE_MS } from "./attack/kinds.ts";
import { filesWith, takeInventory } from "./cardinality/inventory.ts";
import { type Cost, idProbes, type Probe, queryProbes } from "./cardinality/probes.ts";
import type { CardinalityReport, Probed } from "./cardinality/report.ts";
import { inParallel, Sender } from "./safety/sender.ts";
import type { SafetyService } from "./safety/service.ts";
import { upgradeStatus } from "./safety/upgrade.ts";
import { settled, sum } from "./settled-counts.ts";

export interface CardinalityScale {
  /** Random ids in all. */
  readonly ids: number;
  /** Requests with random queries in all. */
  readonly queries: number;
  readonly seed: number;
  log(line: string): void;
}

const PARALLEL = 32;

export const proveCardinality = async (
  service: SafetyService,
  scale: CardinalityScale,
): Promise<CardinalityReport> => {
  const startedAt = performance.now();
  // No id of ours begins so, and none of another run.
  const mark = `zq${scale.seed.toString(36)}x`;
  const prng = new Prng(scale.seed);
  const world: World = {
    ...{ service, sender: new Sender(service.url) },
    newId: () => `${mark}${Math.floor(prng.fraction() * 2 ** 48).toString(36)}`,
  };
  const planted = await plant(world, scale.seed);
  const before = await takeInventory(service);
  const beforeKb = residentKb(service);
  const [byId, byQuery] = [idProbes(service.variables.CONTENTS ?? ""), queryProbes()];
  const ids: Probed[] = [];
  const shares = sum(byId.map(({ share = 1, ids: many = 1 }) => share * many));
  for (const probe of byId) {
    const { share = 1 } = probe;
    ids.push(await ask(world, probe, Math.ceil((scale.ids * share) / shares)));
  }
  const queries: Probed[] = [];
  for (const probe of byQuery) {
    queries.push(await ask(world, probe, Math.ceil(scale.queries / byQuery.length)));
  }
  await sleep(WRITTEN_AFTER_MS);
  return {
    ...{ ids, queries, before, after: await takeInventory(service) },
    memoryKb: { before: beforeKb, after: residentKb(service) },
    found: filesWith(service.state, mark),
    plantedFound: filesWith(service.state, planted).length,
    durationMs: Math.round(performance.now() - startedAt),
  };
};

/** What is written without anybody waiting is on disk by then. */
const WRITTEN_AFTER_MS = 1_500;

interface World {
  readonly service: SafetyService;
  readonly sender: Sender;
  newId(): string;
}

/** Control: a view that counts is in the files. And nothing is left to be written of what was before. */
const plant = async ({ service, sender }: World, seed: number): Promise<string> => {
  const { url, adminKey, tokenKeys, shards } = service;
  const content = `planted-${seed}`;
  const { token } = await makeMinter({ tokenKeys, shards })(content, seed, Date.now() - RIPE_MS);
  await sender.send({ path: CONFIRM, body: { token } });
  await settled(service, [content]);
  const headers = { Authorization: `Bearer ${adminKey}` };
  const flushed = await fetch(`${url}/v1/admin/flush`, { method: "POST", headers });
  if (!flushed.ok) throw new Error(`flush: ${flushed.status} ${await flushed.text()}`);
  return content;
};

const ask = async (world: World, probe: Probe, requests: number): Promise<Probed> => {
  const { service, sender } = world;
  const answers = new Map<string, number>();
  const before = callsOf(service);
  await inParallel(requests, PARALLEL, async (index) => {
    const shot = probe.shot(world.newId(), index);
    const { path } = shot;
    const answer = probe.upgrade
      ? `${await upgradeStatus(`${service.url}${path}`, {})}`
      : wordsOf(await sender.send(shot));
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  });
  const after = callsOf(service);
  const calls = {
    database: after.database - before.database,
    readModel: after.readModel - before.readModel,
  };
  return {
    name: probe.name,
    requests,
    ids: requests * (probe.ids ?? 1),
    answers,
    calls,
    most: probe.most,
  };
};

const wordsOf = ({ status, word }: { readonly status: number; readonly word: string }): string =>
  word === "" ? `${status}` : `${status} ${word}`;

const callsOf = ({ stores }: SafetyService): Cost =>
  stores?.calls() ?? { database: 0, readModel: 0 };

/** Of the runtime: 0 where the system does not tell. */
const residentKb = (service: SafetyService): number => {
  try {
    const status = readFileSync(`/proc/${service.runtimePid()}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
};
