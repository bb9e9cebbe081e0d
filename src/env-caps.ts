/** How many visitors and new contents one network may have within an hour. */
import type { NetworkCaps } from "./core/views/network-cap.ts";

/**
 * A campus or a town behind one address (carrier-grade NAT) has some thousand browsers, and few people publish sixty
 * pages an hour. Nobody lives in a data centre; some browse from there.
 */
const DEFAULTS = {
  VISITORS_PER_NETWORK: "2000",
  VISITORS_PER_HOSTING_NETWORK: "100",
  NEW_CONTENTS_PER_NETWORK: "60",
  NEW_CONTENTS_PER_HOSTING_NETWORK: "10",
} as const;

type CapVariable = keyof typeof DEFAULTS;

export type CapVariables = Readonly<Partial<Record<CapVariable, string>>>;

type Refuse = (variable: string, reason: string) => undefined;

/** @returns undefined when something is wrong, and has been refused */
export const checkCaps = (env: CapVariables, refuse: Refuse): NetworkCaps | undefined => {
  const read = (variable: CapVariable): number | undefined => {
    const text = env[variable] ?? DEFAULTS[variable];
    if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
    return refuse(variable, "it has to be a number from 1 to 99999");
  };
  const access = capOf(read("VISITORS_PER_NETWORK"), read("NEW_CONTENTS_PER_NETWORK"));
  const hosting = capOf(
    read("VISITORS_PER_HOSTING_NETWORK"),
    read("NEW_CONTENTS_PER_HOSTING_NETWORK"),
  );
  return access && hosting && { access, hosting };
};

const capOf = (visitors: number | undefined, contents: number | undefined) =>
  visitors === undefined || contents === undefined ? undefined : { visitors, contents };
