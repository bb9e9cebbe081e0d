import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { HOUR_MS } from "../../src/core/limits.ts";
import { formatEventId } from "../../src/core/views/event-id.ts";
import type { Verdict } from "../../src/core/views/verdict.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import { formatRawName } from "../../src/protocol/raw-names.ts";
import { encodeRawRecord } from "../../src/protocol/raw-record.ts";
import { makeEvent, visitor } from "../support/events.ts";
import { MemoryRawLog } from "../support/memory-raw-log.ts";
import { NaiveOracle } from "../support/naive-oracle.ts";

const NINE = Date.UTC(2026, 10, 21, 9);
const HOURS = ["2026-11-21T09", "2026-11-21T10", "2026-11-21T11"];
const SHARDS = [7, 120];

/** Views of few visitors over two hours, so that most are less than a minute from another. */
const events = (): readonly ViewEvent[] =>
  Array.from({ length: 3_000 }, (_, serial) => {
    const random = Math.imul(serial + 1, 0x9e3779b9) >>> 0;
    return {
      ...makeEvent({
        serial,
        at: NINE + (random % (2 * HOUR_MS)),
        content: `content-${serial % 3}`,
        visitor: visitor(serial % 13),
        shard: SHARDS[serial % 2] ?? 0,
      }),
      edgeVerdict: serial % 10 === 0 ? 1 : serial % 97 === 0 ? 3 : 0,
      city: serial % 5 === 0 ? 'Zürich, "東京"' : "",
    };
  }).sort((a, b) => (formatEventId(a.id) < formatEventId(b.id) ? -1 : 1));

/** What the Tally said, which is not always what correction finds. */
const verdictOf = ({ id, edgeVerdict }: ViewEvent): Verdict => {
  if (edgeVerdict !== 0) return edgeVerdict === 1 ? "bot" : "unknown";
  return (["counted", "duplicate", "late"] as const)[(id[15] ?? 0) % 3] ?? "late";
};

/** Some events twice, as copies come. */
const archive = async (log: MemoryRawLog, all: readonly ViewEvent[]): Promise<void> => {
  for (const [index, hour] of [NINE, NINE + HOUR_MS].entries()) {
    for (const shard of SHARDS) {
      const mine = all.filter(
        (it) => it.shard === shard && it.at >= hour && it.at < hour + HOUR_MS,
      );
      const lineOf = (event: ViewEvent) =>
        encodeRawRecord({ event, acceptedAt: event.at + 3_000 }, verdictOf(event), "FRA");
      for (const [from, some] of [mine, mine.slice(0, 20)].entries()) {
        const range = { generation: 1, from: 1 + index * 2 + from, to: 1 + index * 2 + from };
        await log.put(formatRawName({ kind: "events", hour, shard, ...range }), some.map(lineOf));
      }
    }
  }
};

const groups = (keys: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const key of [...keys].sort((a, b) => (a < b ? -1 : 1))) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
};

test("the documented DuckDB queries read the log as it is, and the strict one counts as correction does", async () => {
  const folder = await mkdtemp(join(tmpdir(), "raw-log-"));
  try {
    const all = events();
    const log = new MemoryRawLog();
    await archive(log, all);
    await log.dump(folder);
    const doc = await readFile(new URL("../../docs/raw-log.md", import.meta.url), "utf8");
    const [view = "", perHour = "", perVerdict = "", strict = "", ...more] = Array.from(
      doc.matchAll(/^```sql\n(.*?)^```$/gms),
      ([, sql = ""]) => sql,
    );
    expect(more).toEqual([]);
    const duckdb = await (await DuckDBInstance.create()).connect();
    const rows = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowsJson();
    await rows(view.replace("'raw/", `'${folder}/raw/`));

    const stored = [...log.objects.keys()]
      .flatMap((name) => log.linesOf(name))
      .map((line) => JSON.parse(line));
    const hourOf = (at: number) => HOURS[Math.floor((at - NINE) / HOUR_MS)];
    const keyOf = ({ content, at }: ViewEvent) => `${content} ${hourOf(at)}`;
    const counted = groups(stored.filter((it) => it.counted).map(keyOf));
    expect(await rows(perHour)).toEqual(
      [...groups(stored.map(keyOf))].map(([key, count]) => {
        return [...key.split(" "), String(counted.get(key) ?? 0), String(count)];
      }),
    );
    expect(await rows(perVerdict)).toEqual(
      [...groups(stored.map(({ verdict }) => verdict))].map(([key, count]) => [key, String(count)]),
    );

    const oracle = new NaiveOracle();
    const found = all.filter(({ at, content, visitor, edgeVerdict }) =>
      oracle.counts({ at, content, keys: [String(visitor.lo)], countable: edgeVerdict === 0 }),
    );
    const truth = groups(found.map(keyOf));
    expect(truth.size).toBe(6);
    expect(found.length).toBeLessThan(all.length * 0.8);
    expect(await rows(strict)).toEqual(
      [...truth].map(([key, count]) => [...key.split(" "), String(count)]),
    );

    const [[places, shards]] = (await rows(
      "SELECT count(*) FILTER (city = 'Zürich, \"東京\"'), list_sort(list(DISTINCT shard)) FROM records",
    )) as [[string, readonly number[]]];
    expect(Number(places)).toBe(stored.filter(({ city }) => city !== "").length);
    expect(shards).toEqual(SHARDS);
  } finally {
    await rm(folder, { recursive: true });
  }
});
