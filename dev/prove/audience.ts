/** Pages of a live stream without a browser: each stays connected by the SDK's own code, its socket and its pauses. */
import { type Line, openLine } from "../../src/client/live/line.ts";

export interface Viewer {
  /** Number of viewers it was told last; `undefined` before. */
  readonly viewers: number | undefined;
  /** When, by `performance.now()`. */
  readonly toldAt: number;
}

export interface Audience {
  readonly viewers: readonly Viewer[];
  leave(): void;
}

/** @param address of the stream at the service, where it stays */
export const openAudience = (address: string, size: number): Audience => {
  const viewers: Viewer[] = [];
  const lines: Line[] = [];
  for (let i = 0; i < size; i += 1) {
    viewers.push({ viewers: undefined, toldAt: 0 });
    const line = openLine({
      address,
      role: "viewer",
      who: () => Promise.resolve({ client: `viewer-${i}` }),
      canRenew: () => false,
      onNumbers: (numbers) => {
        viewers[i] = { viewers: numbers.viewers, toldAt: performance.now() };
      },
      onAlive: () => undefined,
      onEnded: () => undefined,
    });
    line.dial();
    lines.push(line);
  }
  return {
    viewers,
    leave: () => {
      for (const line of lines) line.close();
    },
  };
};
