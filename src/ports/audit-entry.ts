/** A deed of an operator, as it is kept. */
export interface AuditEntry {
  /** UUID: written once however often it is sent. */
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
}
