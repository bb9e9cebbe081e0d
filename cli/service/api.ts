/** The admin API of a service, as its commands use it. */
import * as v from "valibot";
import { Failure } from "../../dev/run/flags.ts";

export interface ServiceAddress {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string;
}

/** With a rebuild goes all that the Tallies have to the database, six of them at a time. */
const ORDER_TIMEOUT_MS = 600_000;
const READ_TIMEOUT_MS = 15_000;

const Count = v.pipe(v.number(), v.safeInteger());
const Failed = v.object({ shard: Count, failed: v.string() });

const Ordered = v.object({
  shards: v.array(v.union([Failed, v.object({ shard: Count, waiting: Count })])),
});

const StatusFormat = v.object({
  correctors: v.array(
    v.union([
      Failed,
      v.object({
        shard: Count,
        waiting: Count,
        running: v.optional(v.object({ hour: Count, run: Count, phase: v.string() })),
        failure: v.optional(v.string()),
      }),
    ]),
  ),
});

const Corrections = v.object({
  corrections: v.array(
    v.object({
      shard: Count,
      hourUtc: v.string(),
      reason: v.string(),
      outcome: v.string(),
      startedAt: Count,
      durationMs: Count,
      events: Count,
      before: Count,
      after: Count,
      changed: Count,
    }),
  ),
});

/** What a shard said to an order: how many orders, hours and days wait then. */
export type Taken = v.InferOutput<typeof Ordered>["shards"][number];
export type CorrectorStanding = v.InferOutput<typeof StatusFormat>["correctors"][number];
export type Correction = v.InferOutput<typeof Corrections>["corrections"][number];

/** The service does not answer, or says that it cannot just now: it may later. */
export class Unreachable extends Failure {}

export interface ServiceApi {
  order(path: "correct" | "rebuild", body: object): Promise<readonly Taken[]>;
  correctors(): Promise<readonly CorrectorStanding[]>;
  corrections(limit: number): Promise<readonly Correction[]>;
}

/** Every call throws `Unreachable`, or a `Failure` that trying again does not mend. @param signal ends a call under way */
export const serviceApi = ({ url, key }: ServiceAddress, signal: AbortSignal): ServiceApi => {
  const ask = async <Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
    timeoutMs: number,
    init: RequestInit = {},
  ): Promise<v.InferOutput<Schema>> => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    let status: number;
    let text: string;
    try {
      const target = `${url}/v1/admin/${path}`;
      // The key is for this address and no other.
      const answer = await fetch(target, { ...init, headers, redirect: "manual", signal: within });
      status = answer.status;
      text = await answer.text();
    } catch (cause) {
      throw new Unreachable(`${url} does not answer: ${reasonOf(cause)}`, { cause });
    }
    if (status >= 300) throw refusal(url, status, text);
    const read = v.safeParse(schema, jsonOf(text));
    if (read.success) return read.output;
    throw new Failure(`${url} answers ${status}, but not as this version of Headcount does`);
  };
  return {
    async order(path, body) {
      const init = { method: "POST", body: JSON.stringify(body) };
      return (await ask(Ordered, path, ORDER_TIMEOUT_MS, init)).shards;
    },
    async correctors() {
      return (await ask(StatusFormat, "status", READ_TIMEOUT_MS)).correctors;
    },
    async corrections(limit) {
      return (await ask(Corrections, `corrections?limit=${limit}`, READ_TIMEOUT_MS)).corrections;
    },
  };
};

const Problem = v.object({ title: v.string(), detail: v.optional(v.string()) });

const refusal = (url: string, status: number, text: string): Failure => {
  if (status === 401) {
    return new Failure(`${url} knows another key: give it with --key or as ADMIN_KEY`);
  }
  const problem = v.safeParse(Problem, jsonOf(text));
  const said = problem.success
    ? [problem.output.title, problem.output.detail ?? []].flat().join(": ")
    : "not in Headcount's words";
  const message = `${url} answers ${status}: ${said}`;
  return status >= 500 || status === 429 ? new Unreachable(message) : new Failure(message);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** `fetch` keeps the reason in the cause of its error. */
const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return `${cause}`;
  const { cause: inner } = cause;
  if (!(inner instanceof Error)) return cause.message;
  return "code" in inner ? `${inner.code}` : inner.message;
};
