import type { ReportingCalendar, ReportingDay } from "../../core/views/reporting-day.ts";
import type { ReplaySalts } from "../../ports/replay-salts.ts";
import type { DaySalt } from "../../protocol/object-rpc.ts";
import { hmac, importHmacKey } from "./hmac.ts";

/** More than raw retention has: no replay asks for others. */
const MAX_DAYS = 200;
/** What else the secret seals begins with a version, so no token tells a salt. */
const PURPOSE = "salts of replayed days\n";

/** Remembers the salts of the days asked for, so that their keys are imported once. */
export const webCryptoReplaySalts = (
  secret: Uint8Array,
  calendar: Pick<ReportingCalendar, "dayOf">,
): ReplaySalts => {
  const secretKey = importHmacKey(secret);
  const known = new Map<string, DaySalt>();
  const saltOf = async ({ name, startMs, endMs }: ReportingDay): Promise<DaySalt> => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const salt = await hmac(await secretKey, `${PURPOSE}${name}`);
    const made = known.get(name) ?? { day: name, startMs, endMs, salt };
    if (known.size >= MAX_DAYS) known.clear();
    known.set(name, made);
    return made;
  };
  return {
    async around(at) {
      const today = await saltOf(calendar.dayOf(at));
      return { today, yesterday: await saltOf(calendar.dayOf(today.startMs - 1)) };
    },
  };
};
