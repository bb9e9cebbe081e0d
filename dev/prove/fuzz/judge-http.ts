/** Whether an answer is one that a request may have. */
import { routeOf } from "../../../src/http/route-of.ts";
import { PROBLEMS, type ProblemCode } from "../../../src/protocol/problems.ts";
import { answersOf, isProblemCode } from "./answers.ts";
import type { HttpCase } from "./http-case.ts";
import type { Answer } from "./send-http.ts";

/** Refusals of a form that was none. */
const OF_FORM = new Set([
  "malformed-json",
  "invalid-request",
  "unsupported-media-type",
  "unsupported-content-encoding",
  "unauthorized",
]);

/** Whatever is asked for: other paths and methods. */
const ELSEWHERE = new Set(["not-found", "method-not-allowed", "unauthorized"]);

/** @returns what is wrong with it; `undefined`: nothing */
export const complaintOf = (asked: HttpCase, answer: Answer | string): string | undefined => {
  if (typeof answer === "string") return answer;
  const { status, body } = answer;
  if (status >= 400) return complaintOfRefusal(asked, answer);
  const type = answer.headers["content-type"] ?? "";
  if (asked.method !== "HEAD" && type.startsWith("application/json") && !isJson(body))
    return `${status} with a body that is no JSON`;
  const mayPass = asked.expects === "refused" && isLeftOut(asked);
  if ((asked.expects === "refused" && !mayPass) || asked.expects === "unauthorized")
    return `${status} where it had to be refused`;
  if (asked.expects === "fits" && !answersOf(asked.route).good.includes(status))
    return `${status} is none of its answers`;
  return undefined;
};

/** A body of no bytes is none, where none is needed. */
const isLeftOut = ({ route, body = "" }: HttpCase): boolean =>
  route.body?.optional === true && body === "";

const complaintOfRefusal = (
  asked: HttpCase,
  { status, headers, body }: Answer,
): string | undefined => {
  if (asked.method === "HEAD") return status >= 500 ? `${status}` : undefined;
  if (status === 426 && isUpgrade(asked) && body === NO_VERSION) return undefined;
  const told = problemIn(body);
  const { code } = told;
  if (headers["content-type"] !== "application/problem+json" || !isProblemCode(code)) {
    return `${status} without a problem that is known: ${body.slice(0, 200)}`;
  }
  if (PROBLEMS[code].status !== status || told.status !== status)
    return `${status} with the code ${code}`;
  // Nothing was taken away from the service: no part of it has a reason to be missing.
  if (status >= 500) return `${status} ${code}`;
  const { expects, route } = asked;
  if (expects === "fits" && OF_FORM.has(code)) return `${code} of what fits: ${told.detail}`;
  if (expects === "unauthorized" && code !== "unauthorized")
    return `${code} told to who has no key`;
  const isKnown =
    answersOf(route).codes.has(code) ||
    (expects === "anything" && (ELSEWHERE.has(code) || isOfOther(asked, code)));
  return isKnown ? undefined : `${code} is none of its answers`;
};

/** Said by the runtime, which looks at the version (RFC 6455, section 4.2.2) when the Worker has taken the upgrade. */
const NO_VERSION = "ERROR: The requested WebSocket version is not supported.";

const isUpgrade = ({ headers }: HttpCase): boolean =>
  headers.some(([name]) => name.toLowerCase() === "upgrade");

/** By another method the same path is another route. */
const isOfOther = ({ method, target }: HttpCase, code: ProblemCode): boolean => {
  const other = routeOf(method, target.split("?")[0] ?? "");
  return other !== undefined && answersOf(other).codes.has(code);
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const problemIn = (
  text: string,
): { readonly code?: unknown; readonly status?: unknown; readonly detail?: unknown } => {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
};
