/** An object's one alarm. Set in the same synchronous block as the pending work it stands for, both commit or neither does. */
export interface Alarm {
  set(at: number): void;
  clear(): void;
}
