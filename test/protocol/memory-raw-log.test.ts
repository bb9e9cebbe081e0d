import { describe, expect, test } from "vitest";
import { rawLogContract } from "../contract/raw-log.ts";
import { MemoryRawLog } from "../support/memory-raw-log.ts";

describe("the raw log in memory", () => {
  rawLogContract(() => new MemoryRawLog());

  test("a torn object gives the lines before the tear, and then throws", async () => {
    const log = new MemoryRawLog();
    log.linesPerBatch = 1;
    await log.put("torn", ["a", "b"]);
    const whole = log.objects.get("torn") ?? new Uint8Array();
    log.truncate("torn", whole.length - 4);
    const lines: string[] = [];
    const reading = async () => {
      for await (const batch of (await log.read("torn")) ?? []) lines.push(...batch);
    };
    await expect(reading()).rejects.toThrow("unexpected end of file");
    expect(lines).toEqual(["a", "b"]);
    expect(() => log.linesOf("torn")).toThrow("unexpected end of file");
  });

  test("fates meet calls in their order, and an answer that is lost was none the less done", async () => {
    const log = new MemoryRawLog();
    log.fates.put.push("refused", "done, answer lost");
    await expect(log.put("a", ["first"])).rejects.toThrow("away");
    expect(log.objects.has("a")).toBe(false);
    await expect(log.put("a", ["first"])).rejects.toThrow("did not answer");
    await log.put("a", ["second"]);
    expect(log.linesOf("a")).toEqual(["first"]);
  });
});
