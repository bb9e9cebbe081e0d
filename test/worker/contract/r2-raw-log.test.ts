import { env } from "cloudflare:workers";
import { describe } from "vitest";
import { r2RawLog } from "../../../src/adapters/r2/raw-log.ts";
import { systemRandom, systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { rawLogContract } from "../../contract/raw-log.ts";

describe("the raw log on R2", () => {
  const log = r2RawLog(env.RAW_LOG, { timers: systemTimers, random: systemRandom });
  rawLogContract(() => log);
});
