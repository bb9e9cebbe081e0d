import type { Telemetry } from "../../ports/telemetry.ts";
import { jsonLog } from "./json-log.ts";

/** Workers Analytics Engine; the hour is its own timestamp. A number that cannot be kept is lost, and nothing else. */
export const analyticsTelemetry = (dataset: AnalyticsEngineDataset): Telemetry => ({
  dropped(reason) {
    try {
      dataset.writeDataPoint({ indexes: [reason], blobs: ["mint.dropped"], doubles: [1] });
    } catch (cause) {
      jsonLog.warn("telemetry.lost", { cause: `${cause}` });
    }
  },
});
