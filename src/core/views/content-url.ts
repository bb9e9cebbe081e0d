/** A page without an id is known by its URL: the one it calls canonical, without what does not change the page. */

/** Parameters that say where a reader came from, not what is read. */
const TRACKING =
  /^(?:utm_.*|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|twclid|ttclid|yclid|igshid|mc_[ce]id|_hs(?:enc|mi))$/i;

export const isTracking = (parameter: string): boolean => TRACKING.test(parameter);

/** The parts of a URL as WHATWG's `URL` gives them. */
export interface UrlParts {
  readonly protocol: string;
  readonly host: string;
  readonly pathname: string;
  readonly searchParams: Iterable<[string, string]>;
}

/** @returns text that is equal for URLs of the same page; `undefined` unless the protocol is http or https */
export const pageKey = ({
  protocol,
  host,
  pathname,
  searchParams,
}: UrlParts): string | undefined => {
  if (protocol !== "https:" && protocol !== "http:") return undefined;
  const kept = [...searchParams].filter(([name]) => !isTracking(name)).sort(byNameThenValue);
  const query = kept.map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return `https://${host}${pathname}${query.length > 0 ? `?${query.join("&")}` : ""}`;
};

const byNameThenValue = (a: [string, string], b: [string, string]): number =>
  compare(a[0], b[0]) || compare(a[1], b[1]);

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
