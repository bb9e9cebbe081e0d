/** The databases of a service under attack, as a proof sees them: from the side, and at the gateways. */
import type { MySqlAddress } from "../../mysql/address.ts";
import type { StatementFaults } from "../../planetscale-gateway/faults.ts";
import type { RequestFaults } from "../../upstash-gateway/faults.ts";

export interface SafetyStores {
  /** Past the gateway. */
  readonly mysql: MySqlAddress;
  readonly redisSocket: string;
  /** What is done to the service's next statements, and what it authorises itself with. */
  readonly database: { readonly faults: StatementFaults; readonly password: string };
  readonly readModel: { readonly faults: RequestFaults; readonly token: string };
  /** Since the start. */
  calls(): Calls;
  /** Past the gateway. */
  withRedis<Result>(work: (send: SendCommand) => Promise<Result>): Promise<Result>;
}

/** Requests that came to the gateways, failed ones too: a statement is one, a pipeline is one. */
export interface Calls {
  readonly database: number;
  readonly readModel: number;
}

export type SendCommand = (...words: readonly string[]) => Promise<unknown>;
