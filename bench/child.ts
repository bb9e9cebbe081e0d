/** A process of its own that is asked by name and answers over IPC, so that loads and servers do not share an event loop. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { pin } from "./workerd.ts";

/** What a child can be asked; arguments and answers are what a structured clone keeps. */
export type Api = Readonly<Record<string, (argument: never) => unknown>>;

export interface Child<A extends Api> {
  readonly pid: number;
  /** @throws with what the child threw */
  ask<M extends keyof A & string>(
    method: M,
    argument: Parameters<A[M]>[0],
  ): Promise<Awaited<ReturnType<A[M]>>>;
  stop(): Promise<void>;
}

interface Question {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** @param file in this folder @param core the processor it stays on */
export const startChild = <A extends Api>(file: string, core: number): Child<A> => {
  const child = fork(resolve(import.meta.dirname, file), { serialization: "advanced" });
  const pid = child.pid ?? 0;
  pin(pid, core);
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  child.on("message", ({ id, answer, error }: Reply) => {
    const waiting = open.get(id);
    open.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  });
  child.once("exit", () => {
    for (const { reject } of open.values()) reject(new Error(`${file} ended`));
  });
  let asked = 0;
  return {
    pid,
    ask(method, argument) {
      const waiting = Promise.withResolvers<unknown>();
      asked += 1;
      open.set(asked, waiting);
      child.send({ id: asked, method, argument } satisfies Question);
      return waiting.promise as ReturnType<Child<A>["ask"]>;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
};

/** The child's side. */
export const answerParent = (api: Api): void => {
  const answer = async ({ id, method, argument }: Question): Promise<Reply> => {
    try {
      return { id, answer: await api[method]?.(argument as never) };
    } catch (cause) {
      return { id, error: cause instanceof Error ? (cause.stack ?? cause.message) : `${cause}` };
    }
  };
  process.on("message", (question: Question) => {
    void answer(question).then((reply) => process.send?.(reply));
  });
};
