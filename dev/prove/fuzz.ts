/** Requests and sockets of every kind of wrong, and the numbers after them as exact as before. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { ROUTES } from "../../src/protocol/routes.ts";
import { type CampaignReport, campaign } from "./fuzz/campaign.ts";
import { type HttpCase, httpCaseOf } from "./fuzz/http-case.ts";
import { complaintOf } from "./fuzz/judge-http.ts";
import { httpSender } from "./fuzz/send-http.ts";
import { type FuzzedService, makeWorld, type World } from "./fuzz/world.ts";

export interface FuzzScale {
  readonly http: number;
  readonly seed: number;
  log(line: string): void;
}

const HTTP_AT_ONCE = 24;

export const fuzz = async (service: FuzzedService, scale: FuzzScale) => {
  const world = await makeWorld(service, `fuzz-${scale.seed}`);
  const before = memoryOf(service);
  const http = await fuzzHttp(world, scale);
  scale.log(`memory ${before} MB before, ${memoryOf(service)} MB after`);
  return { http };
};

const fuzzHttp = async (
  world: World,
  { http, seed, log }: FuzzScale,
): Promise<CampaignReport<HttpCase>> => {
  const { service, texts } = world;
  const { adminKey } = service;
  const sender = httpSender(service.url, HTTP_AT_ONCE);
  const told = new Map<string, number>();
  let slowest = 0;
  const report = await campaign({
    cases: fc.oneof(
      ...ROUTES.map((route) => ({
        weight: route.scope === undefined ? 5 : 1,
        arbitrary: httpCaseOf(route, { texts, adminKey }),
      })),
    ),
    ...{ total: http, seed, atOnce: HTTP_AT_ONCE },
    judge: async (one) => {
      const at = performance.now();
      const answer = await sender.send(one);
      const ms = performance.now() - at;
      if (ms > 4000) log(`${Math.round(ms)} ms ${one.method} ${one.target.slice(0, 100)}`);
      slowest = Math.max(slowest, ms);
      const status = typeof answer === "string" ? "none" : `${answer.status}`;
      told.set(status, (told.get(status) ?? 0) + 1);
      return complaintOf(one, answer);
    },
  });
  sender.close();
  log(
    `slowest ${Math.round(slowest)} ms; ${[...told]
      .sort()
      .map(([s, n]) => `${s}: ${n}`)
      .join(", ")}`,
  );
  return report;
};

/** MB that the runtime has in memory. */
const memoryOf = ({ runtimePid }: FuzzedService): number => {
  const status = readFileSync(`/proc/${runtimePid()}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
};
