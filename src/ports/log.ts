export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Structured lines for operators. No address, user agent, token or visitor key ever goes in. */
export interface Log {
  info(event: string, fields: LogFields): void;
  warn(event: string, fields: LogFields): void;
  error(event: string, fields: LogFields): void;
}
