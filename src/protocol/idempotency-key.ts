/** A string of structured fields (RFC 8941, section 3.3.3): quoted, with a backslash before a quote or a backslash. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;

/** What is not quoted is taken as it is: many clients send a bare UUID. */
const BARE = /^[!#-~][ -~]*$/;

const MAX_CHARS = 255;

/**
 * Of draft-ietf-httpapi-idempotency-key-header; quoted or not, it is the same key.
 * @returns `undefined` when it is none: empty, longer than 255 characters, not printable ASCII, or given twice
 */
export const parseIdempotencyKey = (header: string): string | undefined => {
  const key = header.startsWith('"')
    ? QUOTED.exec(header)?.[1]?.replaceAll(/\\(.)/g, "$1")
    : BARE.exec(header)?.[0];
  return key !== undefined && key.length >= 1 && key.length <= MAX_CHARS ? key : undefined;
};
