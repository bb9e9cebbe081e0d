/** Flags of the fuzzer: how many requests, and a tenth as many sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fuzz } from "../fuzz.ts";
import { startSafetyService } from "../safety/service.ts";
import { flagsOf, type Proof, positive } from "./flags.ts";

export const prove: Proof = async (args) => {
  const values = flagsOf(args);
  const http = positive(values.requests ?? "100000");
  const seed = positive(values.seed);
  const state = values.state ?? mkdtempSync(join(tmpdir(), "headcount-fuzz-"));
  console.log(`seed ${seed}, state ${state}`);
  const service = await startSafetyService({ state, stores: "mysql-redis" });
  try {
    const t = Date.now();
    const report = await fuzz(service, { http, seed, log: console.log });
    for (const f of report.http.failures)
      console.log(
        f.complaint,
        f.failsAlone,
        f.found.route.method,
        f.found.route.path,
        JSON.stringify({ ...f.found, route: 0 }).slice(0, 1500),
      );
    console.log(report.http.cases, Date.now() - t, "ms");
    const errors = service
      .output()
      .split("\n")
      .filter((l) => /"level":"(error|warn)"/.test(l));
    console.log(
      errors.length,
      [...new Set(errors.map((l) => l.slice(0, 300)))].slice(0, 30).join("\n"),
    );
    return report.http.failures.length === 0;
  } finally {
    await service.close();
    rmSync(state, { recursive: true });
  }
};
