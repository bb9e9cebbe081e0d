/** Who farms tokens, and what the limits of the deployment let each of them have. */
import { MINUTE_MS } from "../../../src/core/limits.ts";
import type { Farm, Limit } from "./farm.ts";

/** Of the binding `MINT_LIMIT`, where the variables name none. */
const MINT_LIMIT: Limit = { quota: 600, windowMs: MINUTE_MS };

/** One of Amazon's. */
const HOSTING_ASN = 16_509;
const SECOND_MS = 1_000;
/** Mints that are enough to see that none of them counts, or that one does. */
const FEW = 20;
const AGAIN = 60;

/** `LIMITS`: `name=requests/seconds`, by commas. */
export const limitOf = (
  variables: Readonly<Record<string, string>>,
  name: string,
): Limit | undefined => {
  const { LIMITS = "" } = variables;
  for (const part of LIMITS.split(",")) {
    const [, of, quota, seconds] = /^([a-z-]+)=(\d+)\/(\d+)$/.exec(part.trim()) ?? [];
    if (of === name) return { quota: Number(quota), windowMs: Number(seconds) * SECOND_MS };
  }
  return undefined;
};

/** @param quotas how often a network tries to get its whole quota */
export const farmsOf = (
  variables: Readonly<Record<string, string>>,
  quotas: number,
): readonly Farm[] => {
  const limit = limitOf(variables, "mint") ?? MINT_LIMIT;
  const hosting = limitOf(variables, "mint-hosting");
  const visitor = limitOf(variables, "mint-visitor") ?? limit;
  const client = (index: number) => `client-${index}`;
  const one = () => "client";
  const few = { clientOf: client, attempts: FEW, limit };
  return [
    {
      ...{ name: "one network, a client each", content: "farm-clients", address: "172.16.1.1" },
      ...{ clientOf: client, attempts: over(limit, quotas), limit },
      worth: (granted) => ({ least: granted, most: granted }),
    },
    {
      ...{ name: "one client again and again", content: "farm-client", address: "172.16.2.1" },
      ...{ clientOf: one, attempts: AGAIN, limit: visitor },
      // Minted in less than two minutes.
      worth: () => ({ least: 1, most: 2 }),
    },
    ...(hosting === undefined ? [] : [hostingFarm(hosting, quotas)]),
    {
      ...{ name: "a program that says so", content: "farm-bot", address: "172.16.4.1", ...few },
      headers: { "User-Agent": "python-requests/2.32.3 (compatible)" },
      worth: () => ({ least: 0, most: 0 }),
    },
    {
      ...{ name: "reads ahead", content: "farm-ahead", address: "172.16.5.1", ...few },
      headers: { "Sec-Purpose": "prefetch;prerender" },
      worth: () => ({ least: 0, most: 0 }),
    },
  ];
};

/** Where networks of data centres have less: locally the header says where a request comes from. */
const hostingFarm = (limit: Limit, quotas: number): Farm => ({
  ...{ name: "a data centre, a client each", content: "farm-hosting", address: "172.16.3.1" },
  headers: { "MF-CF-Blob": JSON.stringify({ asn: HOSTING_ASN }) },
  ...{ clientOf: (index) => `client-${index}`, attempts: over(limit, quotas), limit },
  // Beyond the network's cap of visitors they are one.
  worth: (granted) => ({ least: 1, most: granted }),
});

const over = ({ quota }: Limit, quotas: number): number => Math.ceil(quota * quotas) + FEW;
