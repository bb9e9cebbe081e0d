/** What a key may do: look, keep the registry and tell of events, or turn the wheels of the service and decide. */
export const SCOPES = ["read", "write", "operate"] as const;

export type Scope = (typeof SCOPES)[number];

export const isScope = (text: string): text is Scope => SCOPES.some((scope) => scope === text);
