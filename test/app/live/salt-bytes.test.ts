import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { roomStore } from "../../../src/adapters/objects/room-store.ts";
import { saltStore } from "../../../src/adapters/objects/salt-store.ts";
import { ObjectDisk } from "../../support/object-disk.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "headcount-salts-"));
});

afterAll(() => rmSync(directory, { recursive: true }));

/** A database file as an object has one, which keeps no secrets by itself. */
class File {
  readonly disk: ObjectDisk;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    this.disk = new ObjectDisk(join(directory, name));
    this.disk.read("PRAGMA journal_mode = WAL");
    this.disk.read("PRAGMA secure_delete = OFF");
  }

  /** Commits, and brings the log of writes into the file. */
  checkpoint(): void {
    this.disk.flush();
    this.disk.read("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /** Looks into every page of the file, of its log and of what else lies beside it. */
  holds(bytes: Uint8Array): boolean {
    const files = readdirSync(directory).filter((file) => file.startsWith(this.#name));
    return files.some((file) => readFileSync(join(directory, file)).includes(bytes));
  }
}

const saltOf = (seed: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, index) => (seed * 97 + index * 41 + 13) & 255);

test("of a day's salt that was deleted nothing is left in the file, and those of other days stay", () => {
  const file = new File("salts");
  const store = saltStore(file.disk.open(), () => undefined);
  const salts = [1, 2, 3].map(saltOf);
  for (const [day, salt] of salts.entries()) store.write(NOON + day * 24 * HOUR, salt);
  file.checkpoint();
  expect(salts.map((salt) => file.holds(salt))).toEqual([true, true, true]);
  store.deleteThrough(NOON + 24 * HOUR);
  file.checkpoint();
  expect(salts.map((salt) => file.holds(salt))).toEqual([false, false, true]);
  expect(store.read(NOON + 48 * HOUR)).toEqual(salts[2]);
  expect(store.read(NOON)).toBeUndefined();
});

test("of a room's salt that was deleted nothing is left in the file, whatever was written beside it", () => {
  const file = new File("room");
  const store = roomStore(file.disk.open(), NOON, () => undefined);
  const salt = saltOf(4);
  store.saveSalt(salt);
  for (let each = 0; each < 500; each += 1) {
    store.saveVisitor(20261121, `visitor ${each}`, NOON);
    if (each % 100 === 0) file.checkpoint();
  }
  file.checkpoint();
  expect(file.holds(salt)).toBe(true);
  store.deleteSalt();
  file.checkpoint();
  expect(file.holds(salt)).toBe(false);
  expect(store.salt()).toBeUndefined();
});
