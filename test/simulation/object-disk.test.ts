import { describe, expect, test } from "vitest";
import { ObjectDisk } from "../support/object-disk.ts";

const opened = () => {
  const disk = new ObjectDisk();
  const storage = disk.open();
  storage.sql.exec("CREATE TABLE t (it)");
  disk.flush();
  return { disk, storage };
};

const stored = (disk: ObjectDisk) => disk.read("SELECT it FROM t").map(({ it }) => it);

describe("the disk of a simulated object", () => {
  test("loses in a crash what was not flushed, the alarm included", async () => {
    const { disk, storage } = opened();
    storage.sql.exec("INSERT INTO t VALUES (1)");
    await storage.setAlarm(5);
    disk.flush();
    storage.sql.exec("INSERT INTO t VALUES (2)");
    await storage.deleteAlarm();
    disk.crash();
    expect([stored(disk), disk.alarm]).toEqual([[1], 5]);
  });

  test("lets a dead object write nothing", () => {
    const { disk, storage } = opened();
    disk.open();
    expect(() => storage.sql.exec("INSERT INTO t VALUES (1)")).toThrow("dead");
    expect(() => storage.transactionSync(() => undefined)).toThrow("dead");
    expect(() => storage.setAlarm(1)).toThrow("dead");
    expect(() => storage.sync()).toThrow("dead");
    expect([stored(disk), disk.alarm]).toEqual([[], undefined]);
  });

  test("rolls back what a transaction that throws did, and only that, however nested", () => {
    const { disk, storage } = opened();
    storage.transactionSync(() => {
      storage.sql.exec("INSERT INTO t VALUES (1)");
      const inner = () =>
        storage.transactionSync(() => {
          storage.sql.exec("INSERT INTO t VALUES (2)");
          void storage.setAlarm(9);
          throw new Error("no");
        });
      expect(inner).toThrow("no");
    });
    disk.flush();
    expect([stored(disk), disk.alarm]).toEqual([[1], undefined]);
  });

  test("gives blobs back as the platform does", () => {
    const { storage } = opened();
    storage.sql.exec("INSERT INTO t VALUES (?)", Uint8Array.of(1, 2));
    const [row] = storage.sql.exec("SELECT it FROM t");
    expect(row?.it).toEqual(Uint8Array.of(1, 2).buffer);
  });
});
