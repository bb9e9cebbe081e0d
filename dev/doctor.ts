/** `npm run doctor`: whether a MySQL server is set up as Headcount needs it, and with `--watch` what it does. */
import { execFileSync } from "node:child_process";
import { examine, isSound } from "./doctor/examine.ts";
import { DOCTOR_USAGE, parseDoctorFlags } from "./doctor/flags.ts";
import { NoAnswer, type QueryConnection, RefusedQuery } from "./doctor/query.ts";
import { readServer } from "./doctor/read-server.ts";
import { renderFindings, renderJson } from "./doctor/render.ts";
import { type Target, targetOf } from "./doctor/target.ts";
import { watch } from "./doctor/watch.ts";
import { Failure, runCommand } from "./run/flags.ts";

const examineOnce = async (
  { address, reached, database }: Target,
  { query }: QueryConnection,
  json: boolean,
): Promise<void> => {
  const now = new Date();
  const fileLimit = fileLimitOfChildren();
  const server = await readServer({ query, address, reached, database, now, fileLimit });
  const findings = examine(server);
  console.log((json ? renderJson : renderFindings)(server, findings));
  process.exitCode = isSound(findings) ? 0 : 1;
};

/** The first Ctrl-C lets a question that is under way end; a second one does not wait for its answer. */
const watchUntilInterrupted = async (
  { query }: QueryConnection,
  everyMs: number,
): Promise<void> => {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(0);
      controller.abort();
    });
  }
  await watch({ query, everyMs, print: console.log, signal: controller.signal });
};

/** Node raises its own limit; what a child says is what workerd gets. */
const fileLimitOfChildren = (): number => {
  const said = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
  return said === "unlimited" ? Number.POSITIVE_INFINITY : Number(said);
};

await runCommand(async () => {
  const { watchEveryMs, json, ...where } = parseDoctorFlags(process.argv.slice(2), process.env);
  const target = targetOf(where);
  try {
    const connection = await target.connect();
    if (watchEveryMs === undefined) await examineOnce(target, connection, json);
    else await watchUntilInterrupted(connection, watchEveryMs);
    await connection.close();
  } catch (cause) {
    if (!(cause instanceof NoAnswer || cause instanceof RefusedQuery)) throw cause;
    throw new Failure(`${target.unreachable} (${cause.message})`, { cause });
  }
}, DOCTOR_USAGE);
