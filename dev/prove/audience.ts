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
  /** Sockets it has tried to open. */
  readonly dials: number;
  leave(): void;
}

/** @param address of the stream at the service, where it stays @param name no other audience of the stream has it */
export const openAudience = (address: string, size: number, name = "viewer"): Audience => {
  const viewers: Viewer[] = [];
  const lines: Line[] = [];
  let dials = 0;
  for (let i = 0; i < size; i += 1) {
    viewers.push({ viewers: undefined, toldAt: 0 });
    const line = openLine({
      address,
      role: "viewer",
      who: () => {
        dials += 1;
        return Promise.resolve({ client: `${name}-${i}` });
      },
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
    get dials() {
      return dials;
    },
    leave: () => {
      for (const line of lines) line.close();
    },
  };
};
