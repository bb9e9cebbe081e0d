import { MINUTE_MS, SALT_LEAD_MS, SALT_TIMEOUT_MS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Salts } from "../../ports/salts.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import type { DaySalt, SaltsRpc } from "../../protocol/object-rpc.ts";
import type { Stubs } from "./stubs.ts";

interface Deps {
  readonly stubs: Stubs<SaltsRpc>;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Remembers the salts in this isolate and fetches the next day's within the hour before it, so that midnight asks nobody. */
export const objectSalts = ({ stubs, clock, timers }: Deps): Salts => {
  let known: readonly DaySalt[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;

  const remembered = (at: number) => known.find((day) => day.startMs <= at && at < day.endMs);
  const ask = async (): Promise<void> => {
    askedAt = clock.now();
    known = await demandWithin(
      stubs.getByName("salts").current(),
      SALT_TIMEOUT_MS,
      "salts",
      timers,
    );
  };
  const isDue = (now: number): boolean =>
    remembered(now + SALT_LEAD_MS) === undefined && now - askedAt > MINUTE_MS;

  return {
    remembered,
    async around(now) {
      if (remembered(now) === undefined) await ask();
      else if (isDue(now)) await ask().catch(() => undefined);
      const today = remembered(now);
      if (today === undefined) throw new Error("there is no salt for today");
      const yesterday = remembered(today.startMs - 1);
      return { today, ...(yesterday !== undefined && { yesterday }) };
    },
  };
};
