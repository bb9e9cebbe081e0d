/** What a command does, without a process of its own: such a process takes seconds to read the runtime's packages. */
import { vi } from "vitest";
import { Failure } from "../../../dev/run/flags.ts";
import type { Ended } from "./command.ts";

/** @param work what the command does. @returns what it prints, and the code with which a process of its own would end */
export const inside = async (work: () => Promise<void>): Promise<Ended> => {
  const printed: string[] = [];
  const note = (text: unknown) => void printed.push(`${text}\n`);
  const spies = [
    vi.spyOn(console, "log").mockImplementation(note),
    vi.spyOn(console, "error").mockImplementation(note),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => printed.push(`${text}`) > 0),
  ];
  try {
    await work();
    return { code: 0, output: printed.join("") };
  } catch (cause) {
    // Anything else is told by a process with its stack, which is no end that a command comes to.
    if (!(cause instanceof Failure)) throw cause;
    return { code: 1, output: `${printed.join("")}${cause.message}\n` };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
};
