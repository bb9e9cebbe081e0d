import { ROUTES, type Route } from "../protocol/routes.ts";

/** The one path that answers no `HEAD`: it upgrades. */
const UPGRADES = "/v1/streams/:id/live";

const MATCHERS = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`),
}));

const methodsOf = ({ method, path }: Route): readonly string[] =>
  method === "GET" && path !== UPGRADES ? ["GET", "HEAD"] : [method];

const routesAt = (path: string): readonly Route[] =>
  MATCHERS.flatMap(({ route, pattern }) => (pattern.test(path) ? route : []));

/** @returns what the API has there; `undefined` where it has nothing, or not by this method */
export const routeOf = (method: string, path: string): Route | undefined =>
  routesAt(path).find((route) => methodsOf(route).includes(method));

/** @returns the methods that a path knows, for `Allow` (RFC 9110, section 10.2.1); `undefined`: there is no such path */
export const allowOf = (path: string): string | undefined => {
  const methods = routesAt(path).flatMap(methodsOf);
  return methods.length === 0 ? undefined : [...new Set(methods)].join(", ");
};
