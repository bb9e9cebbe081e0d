/** What the drills' Worker does to its objects when it is asked to. */

/** `sleep` ends a room's instance and leaves its sockets; `abort` takes both; `wipe` empties and ends the live list. */
export type Blow = "sleep" | "abort" | "wipe";

/** Paths that begin with it are the drills' own. */
export const DOOR = "/drill/";

const TIMEOUT_MS = 10_000;

/** @param url of the service. @throws when the service does not do it */
export const strike = async (url: string, blow: Blow, stream: string): Promise<void> => {
  await ask(url, `${blow}?stream=${stream}`);
};

/** @returns a name that another instance of the stream's room does not have */
export const instanceOf = async (url: string, stream: string): Promise<string> => {
  const { instance } = await ask(url, `instance?stream=${stream}`);
  return `${instance}`;
};

const ask = async (url: string, what: string): Promise<{ readonly instance?: unknown }> => {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(`${url}${DOOR}${what}`, { method: "POST", signal });
  if (!answer.ok) throw new Error(`${what} was answered ${answer.status}`);
  return (await answer.json()) as { readonly instance?: unknown };
};
