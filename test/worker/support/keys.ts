import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { Keyring } from "../../../src/app/access/keyring.ts";
import { NamedKeys } from "../../../src/app/access/named-keys.ts";
import { ROUTES, type Route } from "../../../src/protocol/routes.ts";
import type { Scope } from "../../../src/protocol/scopes.ts";
import { sha256Hex } from "../../../src/protocol/sha256.ts";
import type { Services } from "../../../src/services.ts";
import { put } from "./admin.ts";
import { makeRequest } from "./client.ts";
import { type Fetch, workerWithServices } from "./compose.ts";
import { config } from "./events.ts";

/** Puts a key under the name. @returns the key */
export const giveKey = async (name: string, ...scopes: readonly Scope[]): Promise<string> => {
  const key = `hck_${name}_${crypto.randomUUID()}`;
  const answer = await put(`keys/${name}`, { hash: await sha256Hex(key), scopes });
  expect(answer.status).toBe(201);
  return key;
};

export const withKey = (method: string, path: string, key: string, body?: unknown): Request =>
  makeRequest(method, path, { body, headers: { Authorization: `Bearer ${key}` } });

/** Of something that is not there. */
export const pathOf = ({ path }: Route): string => path.replaceAll(/:\w+/g, "nobody");

/** Every path that wants a key. */
export const GUARDED: readonly (Route & { readonly scope: Scope })[] = ROUTES.flatMap((route) =>
  route.scope === undefined ? [] : { ...route, scope: route.scope },
);

/** All that can be told from an answer. */
export const toldBy = async (answer: Response) => ({
  status: answer.status,
  headers: [...answer.headers],
  body: await answer.text(),
});

/** Another isolate of the same deployment. @param clock of what it remembers of keys */
export const isolateAt = (clock: Services["clock"]): Fetch =>
  workerWithServices((services) => {
    const { keys } = services.keys;
    const { timers, log } = { timers: services.confirm.timers, log: services.log };
    const named = new NamedKeys({ keys, clock, timers, log });
    return {
      ...services,
      keyring: new Keyring({ adminKeys: config.adminKeys, named }),
      keys: { ...services.keys, known: named },
    };
  });

/** The database, and a note of each statement about the keys. */
export const notedDatabase = (statements: string[]): D1Database =>
  new Proxy(env.DB, {
    get: (database, name) => {
      if (name !== "prepare") return Reflect.get(database, name);
      return (statement: string) => {
        if (statement.includes("access_keys")) statements.push(statement);
        return database.prepare(statement);
      };
    },
  });
