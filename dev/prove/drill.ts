/**
 * What readers get to see when a part of the service is lost under its clients, and how long it takes until every number
 * is the number of clients again: the runtime or its runner is killed, a room evicted, the live list wiped, MySQL is away.
 */
import { drillDatabase } from "./drill/database.ts";
import { drillEvicted } from "./drill/evicted.ts";
import { type DrillReport, tableOf } from "./drill/report.ts";
import { drillRestart } from "./drill/restart.ts";
import { drillWiped } from "./drill/wiped.ts";
import { openWorld, type Scale, type World } from "./drill/world.ts";

export const DRILLS = {
  runtime: (world: World) => drillRestart(world, "runtime"),
  runner: (world: World) => drillRestart(world, "runner"),
  asleep: (world: World) => drillEvicted(world, "sleep"),
  aborted: (world: World) => drillEvicted(world, "abort"),
  wiped: drillWiped,
  database: drillDatabase,
} as const satisfies Readonly<Record<string, (world: World) => Promise<DrillReport>>>;

export type Drill = keyof typeof DRILLS;

export const isDrill = (name: string): name is Drill => Object.hasOwn(DRILLS, name);

export interface DrillOptions extends Scale {
  /** One after the other, on one service; those of one wave at once. */
  readonly waves: readonly (readonly Drill[])[];
  /** Directory of the state, the secrets and the database; a new one. */
  readonly state: string;
  log(line: string): void;
}

export const proveDrills = async (options: DrillOptions): Promise<readonly DrillReport[]> => {
  const { waves, state, log } = options;
  const world = await openWorld(state, options, log);
  const reports: DrillReport[] = [];
  try {
    const keep = (report: DrillReport): void => {
      reports.push(report);
      tell(report, log);
    };
    for (const wave of waves) {
      const ended = await Promise.allSettled(
        wave.map(async (name) => keep(await DRILLS[name](world))),
      );
      for (const drill of ended) if (drill.status === "rejected") throw drill.reason;
    }
    for (const { later } of [...reports]) {
      if (later !== undefined) keep(await later);
    }
    return reports;
  } catch (cause) {
    log(world.running.service.output());
    throw cause;
  } finally {
    log("");
    for (const line of tableOf(reports)) log(line);
    await world.running.close();
  }
};

const tell = ({ drill, timeline, complaints }: DrillReport, log: DrillOptions["log"]): void => {
  log(`\n${drill}`);
  for (const line of timeline) log(line);
  for (const complaint of complaints) log(`   FAILED  ${complaint}`);
};
