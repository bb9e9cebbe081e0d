import { env } from "cloudflare:workers";
import { webCryptoSealer } from "../../../src/adapters/webcrypto/token-sealer.ts";
import type { Hash64 } from "../../../src/core/hash.ts";
import { type ContentId, contentId } from "../../../src/core/ids.ts";
import { formatEventId, makeEventId } from "../../../src/core/views/event-id.ts";
import { shardOf } from "../../../src/core/views/shards.ts";
import {
  EDGE_RULE_VERSION,
  EDGE_VERDICTS,
  type EdgeVerdict,
} from "../../../src/core/views/verdict.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { checkEnv } from "../../../src/env.ts";
import type { TokenSealer } from "../../../src/ports/token-sealer.ts";
import { concat } from "../../../src/protocol/bytes.ts";
import { encodeEvent } from "../../../src/protocol/event-codec.ts";
import { encodeFrame } from "../../../src/protocol/frame.ts";

const readConfig = () => {
  const checked = checkEnv(env, Date.now());
  if (checked.status === "refused") throw new Error("the tests are not configured");
  return checked.config;
};

/** What the Worker under test is configured with. */
export const config = readConfig();

export const sealer: TokenSealer = webCryptoSealer(config.tokenKeys);

/** Older than the dwell, far younger than a token's life. */
export const SECONDS_AGO_MS = 5_000;

interface EventParts {
  readonly content: string;
  readonly at?: number;
  readonly visitor?: Hash64;
  /** Without it, where the schedule sends the content. */
  readonly shard?: number;
  readonly verdict?: EdgeVerdict;
}

let visitors = 0;

/** Somebody nobody else in this file is. */
export const newVisitor = (): Hash64 => {
  visitors += 1;
  return { hi: visitors, lo: ~visitors >>> 0 };
};

export const id = (text: string): ContentId => {
  const known = contentId(text);
  if (known === undefined) throw new Error(`"${text}" is no content id`);
  return known;
};

export const makeEvent = (parts: EventParts): ViewEvent => {
  const at = parts.at ?? Date.now() - SECONDS_AGO_MS;
  const content = id(parts.content);
  return {
    id: makeEventId(at, crypto.getRandomValues(new Uint8Array(10))),
    at,
    content,
    visitor: parts.visitor ?? newVisitor(),
    shard: parts.shard ?? shardOf(config.schedule, content, at),
    edgeVerdict: EDGE_VERDICTS[parts.verdict ?? "countable"],
    ruleVersion: EDGE_RULE_VERSION,
    country: "XX",
    region: "",
    city: "",
    asnClass: "unknown",
    network: { hi: 1, lo: 1 },
    browser: "chrome",
  };
};

/** A token as the Worker would have sealed it at the event's time, so that no test waits for the dwell. */
export const makeToken = (parts: EventParts, by: TokenSealer = sealer): Promise<string> =>
  by.seal(encodeEvent(makeEvent(parts)));

export const eventIdOf = (event: ViewEvent): string => formatEventId(event.id);

/** What a Worker sends to a Collector. */
export const framesOfEvents = (events: readonly ViewEvent[]): Uint8Array =>
  concat(events.map((event) => encodeFrame(encodeEvent(event), Date.now(), 0)));
