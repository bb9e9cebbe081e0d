/** What there is to ask for in the service that is fuzzed: without it nearly every case would end at "unknown". */
import { HOUR_MS } from "../../../src/core/limits.ts";
import { formatHour } from "../../../src/core/views/hour-text.ts";
import { startLiveStream } from "../../live-stream.ts";
import { makeMinter } from "../../offline-mint.ts";
import type { SafetyService } from "../safety/service.ts";

export type FuzzedService = Pick<
  SafetyService,
  "url" | "adminKey" | "tokenKeys" | "shards" | "runtimePid" | "output"
>;

export interface World {
  readonly service: FuzzedService;
  /** Live, and nobody but cases of sockets goes there. */
  readonly stream: string;
  /** Of it are the tokens. */
  readonly content: string;
  /** Genuine ones, each of a visitor of its own. */
  readonly tokens: readonly string[];
  /** Ids, times, tokens: texts that mean something somewhere. */
  readonly texts: readonly string[];
}

const TOKENS = 40;

/** Older than the dwell, younger by far than its life ends. */
const TOKEN_AGE_MS = 60_000;

/** @param name of this run: worlds of one service are apart */
export const makeWorld = async (service: FuzzedService, name: string): Promise<World> => {
  const mint = makeMinter({ tokenKeys: service.tokenKeys, shards: service.shards });
  const now = Date.now();
  const [stream, content] = [`${name}-live`, `${name}-read`];
  await startLiveStream({ url: service.url, adminKey: service.adminKey, stream });
  const minted = await Promise.all(
    Array.from({ length: TOKENS }, (_, visitor) => mint(content, visitor, now - TOKEN_AGE_MS)),
  );
  const tokens = minted.map(({ token }) => token);
  return { service, stream, content, tokens, texts: [...tokens, ...textsOf(name, now)] };
};

/** Times are of the last hours: an order for months of them would keep the service busy with what was asked for. */
const textsOf = (name: string, now: number): readonly string[] => {
  const hours = [3, 2, 1].map((hours) => formatHour(now - hours * HOUR_MS));
  const instants = [30, 20, 10].map((minutes) => new Date(now - minutes * 60_000).toISOString());
  const days = instants.map((text) => text.slice(0, 10));
  return [
    ...Array.from({ length: 8 }, (_, index) => `${name}-${index}`),
    ...hours,
    ...instants,
    ...days,
    ...[
      "2026-W47",
      "2026-11",
      "https://a.example/page?id=1",
      "http://127.0.0.1/",
      "bot@1",
      "suspect@1",
    ],
    ...[
      "0123456789abcdef",
      "198.51.100.7",
      "2001:db8::1",
      "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0.0.0",
    ],
    ...["t1.site1.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "v1.k1.AAAA.AAAA"],
  ];
};
