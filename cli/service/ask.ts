/** One call to the admin API of a service. */
import * as v from "valibot";
import { Failure } from "../../dev/run/flags.ts";

export interface ServiceAddress {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string;
}

/** The service does not answer, or says that it cannot just now: it may later. */
export class Unreachable extends Failure {}

/**
 * @param path behind `/v1/admin/`
 * @returns what is answered, as `schema` reads it. @throws `Unreachable`, or a `Failure` that trying again does not mend
 */
export type Ask = <Schema extends v.GenericSchema>(
  schema: Schema,
  path: string,
  timeoutMs: number,
  init?: RequestInit,
) => Promise<v.InferOutput<Schema>>;

/** @param signal ends a call under way */
export const askAt =
  ({ url, key }: ServiceAddress, signal: AbortSignal): Ask =>
  async (schema, path, timeoutMs, init = {}) => {
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
