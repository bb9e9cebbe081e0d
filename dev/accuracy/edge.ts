import { objectCollectors } from "../../src/adapters/objects/collectors.ts";
import { objectSalts } from "../../src/adapters/objects/salts.ts";
import { webCryptoKeyedHash } from "../../src/adapters/webcrypto/keyed-hash.ts";
import { webCryptoSealer } from "../../src/adapters/webcrypto/token-sealer.ts";
import { collectInto } from "../../src/app/views/collect.ts";
import { type ConfirmResult, confirm } from "../../src/app/views/confirm.ts";
import { anyContent } from "../../src/app/views/content-cap.ts";
import { GroupLane } from "../../src/app/views/group-lane.ts";
import { type MintRequest, type MintResult, mint } from "../../src/app/views/mint.ts";
import { openAdmission } from "../../src/app/views/registry.ts";
import type { ShardSchedule } from "../../src/core/views/shards.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Log } from "../../src/ports/log.ts";
import type { Random } from "../../src/ports/random.ts";
import type { Timers } from "../../src/ports/timers.ts";
import type { CollectorRpc, SaltsRpc } from "../../src/protocol/object-rpc.ts";
import type { Colo } from "./setting.ts";

export interface EdgeDeps {
  readonly colo: Colo;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly schedule: ShardSchedule;
  readonly salts: SaltsRpc;
  collector(name: string): CollectorRpc;
}

export interface Sent {
  readonly tokens: readonly string[];
  readonly address: string;
  readonly waitMs: number | undefined;
}

/** An isolate near one POP: the real mint and confirm with the real seals, hashes, salts and lane. */
export interface Edge {
  mint(request: Omit<MintRequest, "colo">): Promise<MintResult>;
  confirm(sent: Sent): Promise<readonly ConfirmResult[]>;
}

const TOKEN_KEY = { id: "k1", secret: new Uint8Array(32).fill(11) };

export const makeEdge = (deps: EdgeDeps): Edge => {
  const { colo, clock, timers, random, log, schedule } = deps;
  const salts = objectSalts({ stubs: { getByName: () => deps.salts }, clock, timers });
  const collectors = objectCollectors({ getByName: deps.collector }, timers);
  const send = collectInto({ collectors, clock, log });
  const lane = new GroupLane({ clock, timers, send });
  const keyedHash = webCryptoKeyedHash();
  const sealer = webCryptoSealer([TOKEN_KEY]);
  const minting = {
    ...{ clock, random, salts, keyedHash, sealer, schedule, admission: openAdmission },
    rateLimit: { allows: () => Promise.resolve(true) },
    telemetry: { dropped: () => undefined },
    caps: { visitors: { admits: () => Promise.resolve(true) }, contents: anyContent },
  };
  const confirming = { clock, timers, salts, keyedHash, sealer, lane };
  return {
    mint: (request) => mint(minting, { ...request, colo }),
    confirm: (sent) => confirm(confirming, { ...sent, colo, background: (work) => void work }),
  };
};
