import { PROBLEMS, type ProblemCode } from "../protocol/problems.ts";

export interface ProblemOptions {
  readonly detail?: string;
  /** Members beside the standard ones (RFC 9457, section 3.2). */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export const problem = (code: ProblemCode, options: ProblemOptions = {}): Response => {
  const { status, title } = PROBLEMS[code];
  const { detail, extra, headers } = options;
  const body = { type: "about:blank", title, status, code, ...(detail && { detail }), ...extra };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...headers,
    },
  });
};

/** Thrown by what reads a request, so that a handler goes on only with what is well formed. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(code);
    this.code = code;
    this.options = options;
  }
}
