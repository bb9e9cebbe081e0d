import { type ObjectStorage, scalar } from "./object-storage.ts";

/** Single values of an object, by name. */
export class MetaTable {
  readonly #storage: ObjectStorage;

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    );
  }

  number(name: string, otherwise: number): number {
    const value = this.#read(name);
    return typeof value === "number" ? value : otherwise;
  }

  text(name: string): string | undefined {
    const value = this.#read(name);
    return typeof value === "string" ? value : undefined;
  }

  set(name: string, value: number | string): void {
    this.#storage.sql.exec(
      "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      name,
      value,
    );
  }

  /** @returns `now` of the first call ever, unix ms: when the storage was born */
  generation(now: number): number {
    const known = this.#read("generation");
    if (typeof known === "number") return known;
    this.set("generation", now);
    return now;
  }

  #read(name: string) {
    return scalar(this.#storage.sql.exec("SELECT value FROM meta WHERE name = ?", name));
  }
}
