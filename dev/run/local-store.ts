/** Something that a local service keeps its data in, while it is there. */
export interface LocalStore {
  /** What the Worker has to be told. */
  readonly variables: Readonly<Record<string, string>>;
  /** For the person who started it. */
  readonly description: string;
  /** After the Worker's end. */
  stop(): Promise<void>;
}
