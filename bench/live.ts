/**
 * A live room under many sockets that come and go: whether its number is right, and what a push costs beside a plain
 * WebSocket server. See `docs/performance.md`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Child, startChild } from "./child.ts";
import type { DriverApi, Place, RoundReport } from "./live-driver.ts";
import { brokenPromises, type LiveRun, liveReport, type PlaceRun } from "./live-report.ts";
import { type LiveServer, startLiveServer } from "./live-server.ts";
import type { PlainRoomsApi } from "./plain-rooms.ts";
import { startPrivateMySql } from "./private-mysql.ts";
import { writeSection } from "./report-file.ts";
import { CLIENT_CORE, residentBytes, SERVER_CORE } from "./workerd.ts";

/** Leaves and joins a second, of the sockets. */
const CHURN_SHARE = 0.05;
/** The last push is out long before. */
const QUIET_MS = 5_000;
/** More than a room's pause between two pushes, so that none waits for it. */
const ROUND_PAUSE_MS = 1_500;

export const benchLive = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sockets: { type: "string", default: "2000" },
      seconds: { type: "string", default: "120" },
      rounds: { type: "string", default: "20" },
      port: { type: "string", default: "18360" },
      write: { type: "boolean", default: false },
    },
  });
  const plan = {
    sockets: Number(values.sockets),
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
  };
  const run = await withPlaces(Number(values.port), (places) => measure(places, plan));
  const report = liveReport(run);
  console.log(`\n${report}`);
  const broken = brokenPromises(run);
  for (const promise of broken) console.error(`BROKEN: ${promise}`);
  if (broken.length > 0) process.exitCode = 1;
  else if (values.write) writeSection("live", report);
};

interface Places {
  readonly room: LiveServer;
  readonly plain: Child<PlainRoomsApi>;
  readonly driver: Child<DriverApi>;
}

interface Plan {
  readonly sockets: number;
  readonly seconds: number;
  readonly rounds: number;
}

const withPlaces = async <T>(port: number, work: (places: Places) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-bench-"));
  const ends: (() => Promise<void>)[] = [];
  try {
    const mysql = await startPrivateMySql(directory);
    ends.unshift(mysql.stop);
    const room = await startLiveServer(join(directory, "headcount"), port, mysql.url);
    ends.unshift(() => room.stop());
    const plain = startChild<PlainRoomsApi>("plain-rooms.ts", SERVER_CORE);
    ends.unshift(() => plain.stop());
    const driver = startChild<DriverApi>("live-driver.ts", CLIENT_CORE);
    ends.unshift(() => driver.stop());
    return await work({ room, plain, driver });
  } finally {
    for (const end of ends) await end();
    rmSync(directory, { recursive: true });
  }
};

const measure = async (places: Places, { sockets, seconds, rounds }: Plan): Promise<LiveRun> => {
  const { room, plain, driver } = places;
  const gather = async (place: Place, url: string, resident: () => number): Promise<PlaceRun> => {
    const before = resident();
    const ms = await driver.ask("gather", { place, url, sockets });
    await sleep(QUIET_MS);
    const bytesPerSocket = (resident() - before) / sockets;
    console.log(`${place}: ${sockets} sockets`);
    return { joinsPerSecond: sockets / (ms / 1_000), bytesPerSocket, rounds: [] };
  };
  const inRoom = await gather("room", room.socketUrl, () => room.residentBytes());

  const { numbersUrl } = room;
  const cpuBefore = room.cpuSeconds();
  const churn = await driver.ask("churn", { seconds, share: CHURN_SHARE, numbersUrl });
  const cpuShare = (room.cpuSeconds() - cpuBefore) / seconds;
  await sleep(QUIET_MS);
  const quiet = await driver.ask("quiet", "room");
  const numbers = (await (await fetch(numbersUrl)).json()) as LiveRun["numbers"];
  console.log("churn: done");

  const port = await plain.ask("listen", undefined);
  const url = `ws://127.0.0.1:${port}/`;
  const atPlain = await gather("plain", url, () => residentBytes(plain.pid));
  await plain.ask("pushChanges", undefined);
  const pushes = await takeTurns(driver, rounds);
  const after = await driver.ask("quiet", "room");
  return {
    ...{ sockets, seconds, churn, cpuShare, quiet, numbers, after },
    room: { ...inRoom, rounds: pushes.room },
    plain: { ...atPlain, rounds: pushes.plain },
  };
};

const takeTurns = async (driver: Child<DriverApi>, rounds: number) => {
  const pushes: Record<Place, RoundReport[]> = { room: [], plain: [] };
  for (let round = 1; round <= rounds; round += 1) {
    for (const place of ["room", "plain"] as const) {
      await sleep(ROUND_PAUSE_MS);
      pushes[place].push(await driver.ask("round", place));
    }
  }
  return pushes;
};
