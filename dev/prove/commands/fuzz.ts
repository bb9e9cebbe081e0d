/** Flags of the fuzzer: how many requests, and a tenth as many sockets. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { complaintsOf, figuresOf } from "../fuzz/report.ts";
import { fuzz } from "../fuzz.ts";
import { print } from "../print.ts";
import { startSafetyService } from "../safety/service.ts";
import { flagsOf, type Proof, positive, usage } from "./flags.ts";

const REQUESTS = "100000";

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const http = positive(values.requests ?? REQUESTS);
  const seed = positive(values.seed);
  const { database } = values;
  if (database !== "d1" && database !== "mysql") return usage("--database is d1 or mysql");
  const state = values.state && resolve(values.state);
  if (state !== undefined) mkdirSync(state, { recursive: true });
  const directory = state ?? mkdtempSync(join(tmpdir(), "headcount-fuzz-"));
  console.log(`seed ${seed}, state ${directory}`);
  const stores = database === "d1" ? "d1-objects" : "mysql-redis";
  const service = await startSafetyService({ state: directory, stores });
  try {
    const raw = Math.ceil(http / 20);
    const sockets = Math.ceil(http / 10);
    const report = await fuzz(service, {
      http,
      raw,
      sockets,
      slowBodies: 200,
      patient: true,
      seed,
    });
    print(figuresOf(report));
    const complaints = complaintsOf(report);
    for (const complaint of complaints) console.log(`FAILED  ${complaint}`);
    if (complaints.length === 0 && state === undefined) rmSync(directory, { recursive: true });
    return complaints.length === 0;
  } finally {
    await service.close();
  }
};
