import type { Telemetry } from "../../ports/telemetry.ts";

/** Workers Analytics Engine; the hour is its own timestamp. */
export const analyticsTelemetry = (dataset: AnalyticsEngineDataset): Telemetry => ({
  dropped: (reason) =>
    dataset.writeDataPoint({ indexes: [reason], blobs: ["mint.dropped"], doubles: [1] }),
});
