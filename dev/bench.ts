/** `npm run bench -- NAME [flags]`: measurements, each of which prints a table. */
import { argv, exit } from "node:process";

type Benchmark = (args: readonly string[]) => Promise<void>;

const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  ack: async () => (await import("../bench/ack.ts")).benchAck,
  correct: async () => (await import("../bench/correct.ts")).benchCorrect,
  flush: async () => (await import("../bench/flush.ts")).benchFlush,
  live: async () => (await import("../bench/live.ts")).benchLive,
  publish: async () => (await import("../bench/publish.ts")).benchPublish,
  read: async () => (await import("../bench/read.ts")).benchRead,
};

const [name = "", ...args] = argv.slice(2);
const load = BENCHMARKS[name];
if (load === undefined) {
  console.error(
    `usage: npm run bench -- NAME, where NAME is ${Object.keys(BENCHMARKS).join(", ")}`,
  );
  exit(1);
}
const benchmark = await load();
await benchmark(args);
