/** What can go wrong between a client and its Redis; a rule looks at a whole request, a pattern at `SET key value` a line. */
import type { CommonFault, Faults } from "../gateway/faults.ts";
import type { UpstashRequest } from "./request.ts";

export type RequestFault = CommonFault | RedisErrorFault;

/** An error as a real server has it, as `OOM …` or `NOSCRIPT …`. */
export interface RedisErrorFault {
  readonly kind: "error";
  readonly message: string;
  /** Of a pipeline: this command alone is not done and answers it. Without it nothing is done, and the whole request refused. */
  readonly at?: number;
}

export type RequestFaults = Faults<UpstashRequest, RequestFault>;

/** @returns a command a line, its arguments between spaces */
export const textOfRequest = ({ commands }: UpstashRequest): string =>
  commands.map((command) => command.join(" ")).join("\n");
