/** The deployment's own keys, of the secret `ADMIN_KEY`. */
const MIN_CHARS = 24;

/**
 * `new,old`: all of them are good, so that one can be changed without a moment in which none is.
 * @param refuse is told why, without the text: it is secret
 */
export const readAdminKeys = (
  text: string | undefined,
  refuse: (reason: string) => undefined,
): readonly [string, ...string[]] | undefined => {
  const [first = "", ...rest] = (text ?? "").split(",").map((key) => key.trim());
  const keys = [first, ...rest] as const;
  if (keys.some((key) => key.length < MIN_CHARS)) {
    return refuse(`each key has to have at least ${MIN_CHARS} characters`);
  }
  return new Set(keys).size < keys.length ? refuse("two keys are the same") : [...keys];
};
