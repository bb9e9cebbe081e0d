import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import type { RawLog } from "../../src/ports/raw-log.ts";

/** What becomes of a call. */
export type RawLogFate = "done" | "refused" | "done, answer lost";

/** A raw log in memory that keeps the contract, in a store that does not. Objects are real gzip. */
export class MemoryRawLog implements RawLog {
  readonly objects = new Map<string, Uint8Array>();
  /** Of the calls to come, in their order; when they are used up, all are done. */
  readonly fates: Record<keyof RawLog, RawLogFate[]> = { put: [], read: [], list: [], delete: [] };
  /** Runs before each call is done, and may take its time. @param subject name or prefix */
  before: (call: keyof RawLog, subject: string) => Promise<void> | void = () => undefined;
  namesPerList = 1_000;
  linesPerBatch = 500;

  put(name: string, lines: Iterable<string>): Promise<number> {
    const text = Array.from(lines, (line) => `${line}\n`).join("");
    return this.#do("put", name, () => {
      const stored = this.objects.get(name) ?? gzipSync(text);
      this.objects.set(name, stored);
      return stored.length;
    });
  }

  read(name: string): Promise<AsyncIterable<readonly string[]> | undefined> {
    return this.#do("read", name, () => {
      const stored = this.objects.get(name);
      return stored === undefined ? undefined : batches(stored, this.linesPerBatch);
    });
  }

  list(prefix: string, after = ""): Promise<readonly string[]> {
    return this.#do("list", prefix, () =>
      [...this.objects.keys()]
        .filter((name) => name.startsWith(prefix) && name > after)
        .sort((a, b) => (a < b ? -1 : 1))
        .slice(0, this.namesPerList),
    );
  }

  delete(names: readonly string[]): Promise<void> {
    return this.#do("delete", names[0] ?? "", () => {
      for (const name of names) this.objects.delete(name);
    });
  }

  /** All lines of an object, past every fate. @throws when there is none, or not all of it */
  linesOf(name: string): readonly string[] {
    return gunzipSync(this.#stored(name)).toString().split("\n").slice(0, -1);
  }

  /** The object loses its end, as if it had been torn while it was stored. */
  truncate(name: string, bytes = Math.ceil(this.#stored(name).length / 2)): void {
    this.objects.set(name, this.#stored(name).slice(0, bytes));
  }

  /** Writes all objects as files below `folder`. */
  async dump(folder: string): Promise<void> {
    for (const [name, bytes] of this.objects) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
  }

  #stored(name: string): Uint8Array {
    const stored = this.objects.get(name);
    if (stored === undefined) throw new Error(`there is no object "${name}"`);
    return stored;
  }

  async #do<T>(call: keyof RawLog, subject: string, work: () => T): Promise<T> {
    const fate = this.fates[call].shift() ?? "done";
    await this.before(call, subject);
    if (fate === "refused") throw new Error(`the raw log is away (${call} of "${subject}")`);
    const result = work();
    if (fate !== "done") throw new Error(`the raw log did not answer (${call} of "${subject}")`);
    return result;
  }
}

/** A torn object gives the lines before the tear, and then throws. */
async function* batches(stored: Uint8Array, size: number): AsyncGenerator<readonly string[]> {
  const text = gunzipSync(stored, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  const lines = text.split("\n").slice(0, -1);
  for (let from = 0; from < lines.length; from += size) yield lines.slice(from, from + size);
  gunzipSync(stored);
}
