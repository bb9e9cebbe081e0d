/** Where the runtime keeps its files in a state directory. */
import { createHash, createHmac } from "node:crypto";
import { join } from "node:path";
import { readWranglerFile } from "./wrangler-file.ts";

/** `wrangler dev` keeps its state in a directory of this name, so that both go on with the same. */
const STATE_FORMAT = "v3";

export const runtimeFilesIn = (state: string): string => join(state, STATE_FORMAT);

export const D1_BINDING = "DB";

/** Miniflare's databases are objects of this class, named by their ids. */
const D1_CLASS = "miniflare-D1DatabaseObject";

/**
 * By the id that `wrangler.toml` gives the database: after a change of that another file is meant.
 * @returns a path at which there need not be anything; `undefined` when `wrangler.toml` has no such database
 */
export const d1FileIn = (state: string): string | undefined => {
  const { d1Databases } = readWranglerFile();
  const database = Array.isArray(d1Databases) ? undefined : d1Databases[D1_BINDING];
  const id = typeof database === "object" ? database.id : database;
  if (id === undefined) return undefined;
  return join(runtimeFilesIn(state), "d1", D1_CLASS, `${objectIdOf(D1_CLASS, id)}.sqlite`);
};

/** As workerd makes the id of an object from its name. */
const objectIdOf = (objectClass: string, name: string): string => {
  const key = createHash("sha256").update(objectClass).digest();
  const half = (bytes: string | Buffer) =>
    createHmac("sha256", key).update(bytes).digest().subarray(0, HALF_AN_ID_BYTES);
  const ofName = half(name);
  return Buffer.concat([ofName, half(ofName)]).toString("hex");
};

const HALF_AN_ID_BYTES = 16;
