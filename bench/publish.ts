/**
 * What it costs to publish changed contents: by the adapter on workerd through the gateway, as a Tally does, beside
 * `@redis/client` writing the same without asking what is there. See `docs/performance.md`.
 */
import { parseArgs } from "node:util";
import { postWork } from "./bench-worker.ts";
import { MANY_CONTENTS, type PublishWork } from "./publish-work.ts";
import { type RedisSide, withRedis } from "./redis-side.ts";
import { writeSection } from "./report-file.ts";
import { median } from "./statistics.ts";

/** Changed contents, from the first call to the last. */
const SIZES = [1_000, 10_000, MANY_CONTENTS] as const;

interface Published {
  readonly seconds: number;
  readonly bytesPerCall: number;
  /** Of a content, us. */
  readonly writerCpu: number;
  readonly gatewayCpu: number;
  readonly redisCpu: number;
}

interface Round {
  readonly adapter: Published;
  readonly plain: Published;
}

export const benchPublish = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      /** Contents a measurement publishes at least: smaller sizes several times, for CPU is told in hundredths of a second. */
      contents: { type: "string", default: `${MANY_CONTENTS}` },
      port: { type: "string", default: "18360" },
      write: { type: "boolean", default: false },
    },
  });
  const report = await withRedis(Number(values.port), async (side) => {
    const measure = measurer(side, Number(values.contents));
    // They are there before they are measured: most of what a Tally publishes has been published before.
    await side.plain.ask("publish", { contents: MANY_CONTENTS, version: 0 });
    const sizes: Round[][] = [];
    for (const size of SIZES) {
      const rounds: Round[] = [];
      for (let round = 1; round <= Number(values.rounds); round += 1) {
        rounds.push({
          adapter: await measure("adapter", size),
          plain: await measure("plain", size),
        });
      }
      console.log(`${size} contents: done`);
      sizes.push(rounds);
    }
    return reportOf(sizes);
  });
  console.log(`\n${report}`);
  if (values.write) writeSection("publish", report);
};

const measurer = (side: RedisSide, atLeast: number) => {
  const { adapter, plain, gateway, redis } = side;
  const publish = {
    adapter: (work: PublishWork) => postWork(adapter.port, work),
    plain: (work: PublishWork) => plain.ask("publish", work),
  };
  let version = 0;
  return async (writer: keyof Round, contents: number): Promise<Published> => {
    const times = Math.ceil(atLeast / contents);
    const meters = [side[writer], gateway, redis] as const;
    const cpuBefore = meters.map((meter) => meter.cpuSeconds());
    const before = await gateway.ask("traffic", undefined);
    const startedAt = performance.now();
    for (let n = 0; n < times; n += 1) {
      version += 1;
      await publish[writer]({ contents, version });
    }
    const seconds = (performance.now() - startedAt) / 1_000 / times;
    const after = await gateway.ask("traffic", undefined);
    const [writerCpu = 0, gatewayCpu = 0, redisCpu = 0] = meters.map(
      (meter, index) => ((meter.cpuSeconds() - (cpuBefore[index] ?? 0)) * 1e6) / (contents * times),
    );
    const bytesPerCall = (after.bytes - before.bytes) / (after.calls - before.calls);
    return { seconds, bytesPerCall, writerCpu, gatewayCpu, redisCpu };
  };
};

const reportOf = (sizes: readonly (readonly Round[])[]): string => {
  const whole = (number: number) => Math.round(number).toLocaleString("en");
  const tenth = (number: number) => number.toFixed(1);
  const row = (name: string, value: (round: Round, contents: number) => number, text = tenth) => {
    const cells = sizes.map((rounds, index) =>
      text(median(rounds.map((round) => value(round, SIZES[index] ?? 0)))),
    );
    return `| ${[name, ...cells].join(" | ")} |`;
  };
  return [
    `| changed contents | ${SIZES.map(whole).join(" | ")} |`,
    `| ---${" | ---".repeat(SIZES.length)} |`,
    row(
      "contents/s, adapter on workerd through the gateway",
      ({ adapter }, n) => n / adapter.seconds,
      whole,
    ),
    row("contents/s, `@redis/client`", ({ plain }, n) => n / plain.seconds, whole),
    row(
      "ratio",
      ({ adapter, plain }) => plain.seconds / adapter.seconds,
      (it) => it.toFixed(2),
    ),
    row(
      "adapter, from the first call to the last, s",
      ({ adapter }) => adapter.seconds,
      (it) => it.toFixed(3),
    ),
    row("adapter, bytes of a call's body", ({ adapter }) => adapter.bytesPerCall, whole),
    row("adapter, CPU a content, us: workerd", ({ adapter }) => adapter.writerCpu),
    row("the same: gateway", ({ adapter }) => adapter.gatewayCpu),
    row("the same: Redis", ({ adapter }) => adapter.redisCpu),
    row("`@redis/client`, CPU a content, us: Node", ({ plain }) => plain.writerCpu),
    row("the same: Redis", ({ plain }) => plain.redisCpu),
  ].join("\n");
};
