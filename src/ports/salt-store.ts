import type { Alarm } from "./alarm.ts";

/** Salts by the start of their reporting day. */
export interface SaltStore {
  readonly alarm: Alarm;
  read(startMs: number): Uint8Array | undefined;
  write(startMs: number, salt: Uint8Array): void;
  deleteThrough(startMs: number): void;
}
