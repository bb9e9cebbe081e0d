import { expect, test } from "vitest";
import { tallyStore } from "../../../src/adapters/objects/tally-store.ts";
import { TallyRestore } from "../../../src/app/views/restore-tally.ts";
import { Tally } from "../../../src/app/views/tally.ts";
import { TallyDoor } from "../../../src/app/views/tally-door.ts";
import { HOUR_MS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import type { ShardTables } from "../../../src/ports/database.ts";
import { encodeRows } from "../../../src/protocol/chunk.ts";
import type { CorrectionOrder } from "../../../src/protocol/correction-rpc.ts";
import { calendarOf } from "../../support/calendars.ts";
import { content, frameOf, makeEvent, visitor } from "../../support/events.ts";
import { MemoryCountTables } from "../../support/memory-count-tables.ts";
import { MemoryRawLog } from "../../support/memory-raw-log.ts";
import { shardTablesOf } from "../../support/memory-shard-tables.ts";
import { ObjectDisk } from "../../support/object-disk.ts";

const NOON = Date.UTC(2026, 10, 21, 12, 10);
const CONTENTS = ["a", "b", "c"].map(content);

let serial = 0;
const view = (id: string, at: number) => {
  serial += 1;
  return makeEvent({ serial, at, content: id, visitor: visitor(serial) });
};

/** Tally 0, the database and the raw log behind it, and a Corrector that is done when it is told. */
class Service {
  now = NOON;
  disk = new ObjectDisk();
  readonly database = new MemoryCountTables();
  readonly rawLog = new MemoryRawLog();
  readonly orders: CorrectionOrder[] = [];
  readonly problems: string[] = [];
  databaseFails = false;
  door = this.wake();
  #row = 0;
  #run = 0;

  wake(): TallyDoor {
    const { database, rawLog } = this;
    const store = tallyStore(this.disk.open(), this.now, () => undefined);
    const note = (event: string) => void this.problems.push(event);
    const common = {
      name: "tally:0",
      shard: 0,
      store,
      rawLog,
      clock: { now: () => this.now },
      random: { bytes: (count: number) => new Uint8Array(count), fraction: () => 0.5 },
      log: { info: note, warn: note, error: note },
    };
    const correctors = {
      status: async () => ({ waiting: 0, bytes: 0 }),
      correct: async (_: number, order: CorrectionOrder) => {
        this.orders.push(order);
        return { waiting: 1 };
      },
    };
    const restore = new TallyRestore({ ...common, shards: this.#shards(), correctors });
    const calendar = calendarOf("UTC", this.now);
    const abort = (reason: string): never => {
      throw new Error(reason);
    };
    const tables = { counts: database, statistics: database, calendar };
    this.door = new TallyDoor(restore, () => new Tally({ ...common, ...tables, abort }));
    return this.door;
  }

  #shards(): ShardTables {
    const { totals, cells } = shardTablesOf(this.database);
    const reached = <T>(answer: T): T => {
      if (this.databaseFails) throw new Error("the database is away");
      return answer;
    };
    return {
      totals: async (...given) => reached(await totals(...given)),
      cells: async (...given) => reached(await cells(...given)),
    };
  }

  async view(ids: readonly string[]): Promise<void> {
    const tally = await this.door.open();
    this.#row += 1;
    const rows = ids.map((id, index) => ({
      id: this.#row * 100 + index,
      frames: frameOf(view(id, this.now)),
    }));
    const through = this.#row * 100 + 99;
    tally.append({
      source: "collector:TST:0:one",
      follows: this.#row === 1 ? 0 : through - 100,
      floor: 1,
      through,
      rows: encodeRows(rows),
    });
  }

  /** Folds hours anew from what lies in the raw log: each event once that was counted. */
  async correct(): Promise<void> {
    const hours = await this.door.corrected(({ correction }) => correction.hours());
    for (const { hour } of hours) {
      this.#run += 1;
      const run = this.now + this.#run;
      const sealed = await this.door.corrected(({ correction }) => correction.seal(hour, run));
      if (sealed.status !== "sealed") continue;
      const events = new Map<string, string>();
      for (const { name } of sealed.objects) {
        for await (const lines of (await this.rawLog.read(name)) ?? []) {
          for (const line of lines) {
            const record = JSON.parse(line);
            if (record.counted) events.set(record.id, record.content);
          }
        }
      }
      const counts = new Map<string, number>();
      for (const id of events.values()) counts.set(id, (counts.get(id) ?? 0) + 1);
      const cells = [...counts].map(([id, counted]) => [content(id), counted] as const);
      const request = { hour, run, through: sealed.through, range: { from: "" }, cells };
      await this.door.corrected(({ correction }) => correction.finalise(request));
    }
  }

  /** Has everything archived and flushed. */
  async settle(): Promise<void> {
    await this.correct();
    await (await this.door.open()).flush();
  }

  lose(): void {
    this.now += 60_000;
    this.disk = new ObjectDisk();
    this.wake();
  }

  async restore(): Promise<void> {
    await expect(this.door.open()).rejects.toThrow("being restored");
    for (let turn = 0; turn < 9 && this.orders.length === 0; turn += 1) await this.door.alarm();
    await this.correct();
  }

  async counts(): Promise<readonly (readonly [string, number])[]> {
    const { counts } = (await this.door.open()).counts(CONTENTS);
    return counts.map(({ content: id, views }) => [id, views] as const);
  }

  cells() {
    return this.disk.read("SELECT content, hour, counted FROM cells ORDER BY hour, content");
  }
}

const grown = async (): Promise<Service> => {
  const service = new Service();
  await service.view(["a", "a", "b"]);
  (await service.door.open()).setStart(content("b"), 100);
  service.now += HOUR_MS;
  await service.view(["a", "c"]);
  (await service.door.open()).restate(content("c"), 7);
  return service;
};

test("a new Tally is open after one list and one page", async () => {
  const service = new Service();
  const calls: string[] = [];
  service.rawLog.before = (call) => void calls.push(call);
  await service.door.open();
  await service.door.open();
  expect(calls).toEqual(["list"]);
});

test("a lost Tally lets nobody in until every hour is settled, and is then what it was, with newer stamps", async () => {
  const service = await grown();
  await service.settle();
  const [before, cells] = [await service.counts(), service.cells()];
  const stamps = [...service.database.parts.values()].map(({ stamp }) => stamp);
  service.lose();
  for (const shut of [service.view(["a"]), service.counts()]) {
    await expect(shut).rejects.toThrow("being restored");
  }
  expect(await service.door.status()).toEqual({ restoring: "index" });
  await service.restore();
  expect(service.orders).toEqual([
    { kind: "hours", from: hourOf(NOON), to: hourOf(NOON) + 2 * HOUR_MS, reason: "rebuild" },
  ]);
  expect(await service.counts()).toEqual(before);
  expect(service.cells()).toEqual(cells);
  await (await service.door.open()).flush();
  const after = [...service.database.parts.values()];
  for (const { stamp } of after) expect(stamps.every((old) => old < stamp)).toBe(true);
  const published = after.map((row) => [row.content, row.published] as const);
  expect(published.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual(before);
});

test("what was flushed and not archived stays as the database has it, and its hour is incomplete", async () => {
  const service = await grown();
  await service.settle();
  await service.view(["a", "a"]);
  await (await service.door.open()).flush();
  const before = await service.counts();
  service.lose();
  await service.restore();
  expect(await service.counts()).toEqual(before);
  const sealed = service.door.corrected(({ correction }) =>
    correction.seal(hourOf(NOON) + HOUR_MS, service.now * 2),
  );
  expect(await sealed).toMatchObject({ status: "incomplete", views: 4 });
});

test("whoever dies while it is restored goes on, and while raw log or database are away it stays shut and tries again", async () => {
  const service = await grown();
  await service.settle();
  const before = await service.counts();
  service.lose();
  service.rawLog.fates.list = ["refused"];
  await expect(service.door.status()).rejects.toThrow("the raw log is away");
  await expect(service.door.open()).rejects.toThrow("being restored");
  service.databaseFails = true;
  await service.door.alarm();
  expect(service.problems).toContain("tally.restore-failed");
  expect(service.disk.alarm).toBeGreaterThan(service.now);
  service.databaseFails = false;
  service.wake();
  await service.door.alarm();
  service.disk.flush();
  service.wake();
  await service.restore();
  expect(await service.counts()).toEqual(before);
});
