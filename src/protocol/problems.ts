/** Every error the API answers, by stable code (RFC 9457). */
export const PROBLEMS = {
  "malformed-json": { status: 400, title: "The body is not JSON" },
  "invalid-request": { status: 400, title: "The request does not fit its schema" },
  "token-forged": { status: 401, title: "The token is none of ours, or was changed" },
  unauthorized: { status: 401, title: "An admin key is needed" },
  "origin-not-allowed": { status: 403, title: "This origin may not count here" },
  "not-found": { status: 404, title: "There is nothing at this path" },
  "unknown-content": { status: 404, title: "The content is not registered" },
  "method-not-allowed": { status: 405, title: "The path does not know this method" },
  "token-expired": { status: 410, title: "The token is out of life" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body is neither JSON nor text" },
  "unknown-category": { status: 422, title: "The category is not registered" },
  "token-early": { status: 425, title: "The visitor has not stayed long enough yet" },
  "too-many-requests": { status: 429, title: "Too many views from this network" },
  internal: { status: 500, title: "Something failed here" },
  misconfigured: { status: 503, title: "The deployment is not configured" },
  "not-ready": { status: 503, title: "A part this depends on does not answer" },
  "salt-unavailable": { status: 503, title: "Views cannot be opened at the moment" },
  "not-durable": { status: 503, title: "The view could not be made durable in time" },
  "registry-unavailable": { status: 503, title: "The registry does not answer at the moment" },
  "not-saved": { status: 503, title: "It could not be saved; the same request again is safe" },
  "counts-unavailable": { status: 503, title: "The counts cannot be read at the moment" },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;
