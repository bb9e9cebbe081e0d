/** Patterns of what operators and back ends ask for, all of it and what is not there too. */
export const BEHIND_THE_DOOR = ["/v1/admin/*", "/v1/events"] as const;

/** The same of one path. */
export const isBehindTheDoor = (path: string): boolean =>
  path === "/v1/events" || path === "/v1/admin" || path.startsWith("/v1/admin/");
