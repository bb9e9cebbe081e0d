/** Requests and sockets of every kind of wrong, and the numbers after them as exact as before. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { ROUTES } from "../../src/protocol/routes.ts";
import { type Aftermath, aftermathOf } from "./fuzz/aftermath.ts";
import { type CampaignReport, campaign } from "./fuzz/campaign.ts";
import { type HttpCase, httpCaseOf } from "./fuzz/http-case.ts";
import { complaintOf } from "./fuzz/judge-http.ts";
import { judgeRaw, judgeSlowBodies } from "./fuzz/judge-raw.ts";
import { judgeSocket } from "./fuzz/judge-socket.ts";
import { networkNumber } from "./fuzz/network-number.ts";
import { type RawCase, rawCases } from "./fuzz/raw-case.ts";
import { httpSender } from "./fuzz/send-http.ts";
import { type SocketCase, socketCases } from "./fuzz/socket-case.ts";
import { slowestUserAgent } from "./fuzz/user-agents.ts";
import { type FuzzedService, makeWorld, type World } from "./fuzz/world.ts";

export interface FuzzScale {
  /** Cases of HTTP; of these so many are said to the port itself. */
  readonly http: number;
  readonly raw: number;
  readonly sockets: number;
  /** Bodies that never end, all at once. */
  readonly slowBodies: number;
  /** Waits for viewers whose connection was cut, and then has viewers counted. */
  readonly patient: boolean;
  readonly seed: number;
}

export interface FuzzReport {
  readonly http: CampaignReport<HttpCase>;
  readonly raw: CampaignReport<RawCase>;
  readonly sockets: CampaignReport<SocketCase>;
  readonly slowBodies: { readonly cases: number; readonly complaints: readonly string[] };
  /** How often each status was answered to the cases of HTTP. */
  readonly told: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  readonly userAgentMs: number;
  readonly memoryMb: { readonly before: number; readonly after: number };
  readonly aftermath: Aftermath;
}

const HTTP_AT_ONCE = 24;
const RAW_AT_ONCE = 16;
const SOCKETS_AT_ONCE = 32;

/** Those of everybody are tried more often than those behind the door. */
const PUBLIC_WEIGHT = 5;

export const fuzz = async (service: FuzzedService, scale: FuzzScale): Promise<FuzzReport> => {
  const { http, raw, sockets, slowBodies, patient, seed } = scale;
  const world = await makeWorld(service, `fuzz-${seed}`);
  const before = memoryOf(service);
  // They wait for ten seconds and take nothing but a connection each.
  const slow = judgeSlowBodies(service.url, slowBodies);
  const asked = await fuzzHttp(world, http - raw, seed);
  const said = await campaign({
    ...{ cases: rawCases(world), total: raw, seed, atOnce: RAW_AT_ONCE },
    judge: (one) => judgeRaw(service.url, one),
  });
  let number = 0;
  const spoken = await campaign({
    ...{ cases: socketCases(world), total: sockets, seed, atOnce: SOCKETS_AT_ONCE },
    judge: (one) => {
      number += 1;
      return judgeSocket(service.url, one, networkNumber(number));
    },
  });
  return {
    ...asked,
    ...{ raw: said, sockets: spoken },
    slowBodies: { cases: slowBodies, complaints: await slow },
    userAgentMs: slowestUserAgent(),
    memoryMb: { before, after: memoryOf(service) },
    aftermath: await aftermathOf(world, patient),
  };
};

const fuzzHttp = async ({ service, texts }: World, total: number, seed: number) => {
  const { adminKey } = service;
  const sender = httpSender(service.url, HTTP_AT_ONCE);
  const told = new Map<string, number>();
  let slowestMs = 0;
  const cases = ROUTES.map((route) => ({
    weight: route.scope === undefined ? PUBLIC_WEIGHT : 1,
    arbitrary: httpCaseOf(route, { texts, adminKey }),
  }));
  const http = await campaign({
    ...{ cases: fc.oneof(...cases), total, seed, atOnce: HTTP_AT_ONCE },
    judge: async (one) => {
      const begin = performance.now();
      const answer = await sender.send(one);
      slowestMs = Math.max(slowestMs, performance.now() - begin);
      const status = typeof answer === "string" ? "none" : `${answer.status}`;
      told.set(status, (told.get(status) ?? 0) + 1);
      return complaintOf(one, answer);
    },
  });
  sender.close();
  return { http, told, slowestMs };
};

/** MB of its runtime in memory. */
const memoryOf = ({ runtimePid }: FuzzedService): number => {
  const status = readFileSync(`/proc/${runtimePid()}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
};
