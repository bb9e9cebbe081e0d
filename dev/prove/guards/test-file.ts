/** One file of the suite, whose tests are run in a tree again and again. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Patch } from "./patch.ts";
import type { Asked, TestRun } from "./test-run.ts";

/** A test that hangs without its guard has noticed nothing. With what it takes to start, on a machine that does much else. */
const DEADLINE_MS = 600_000;

/** What these leave behind outlives their process's runs, in a database that a runner has for as long as it lives. */
const LEAVES_SOMETHING = /mysql|redis/;

const SHOWN_CHARS = 2_000;

export class TestFile {
  readonly #tree: string;
  readonly #test: Pick<Patch["test"], "project" | "file">;
  #runner: ChildProcess | undefined;

  constructor(tree: string, test: Pick<Patch["test"], "project" | "file">) {
    this.#tree = tree;
    this.#test = test;
  }

  /** @returns also where nothing ran: a runner that ends, or does not answer in time, is started anew for the next */
  async run(asked: Asked): Promise<TestRun> {
    const runner = this.#runner ?? this.#start();
    this.#runner = runner;
    const printed: string[] = [];
    const note = (text: string) => void printed.push(text);
    for (const stream of [runner.stdout, runner.stderr]) stream?.on("data", note);
    const { promise, resolve } = Promise.withResolvers<TestRun | undefined>();
    const ended = () => resolve(undefined);
    runner.once("message", (told) => resolve(told as TestRun)).once("exit", ended);
    const timer = setTimeout(() => runner.kill("SIGKILL"), DEADLINE_MS);
    runner.send(asked, () => undefined);
    const told = await promise;
    clearTimeout(timer);
    runner.removeAllListeners();
    for (const stream of [runner.stdout, runner.stderr]) stream?.off("data", note).resume();
    if (told === undefined) this.#runner = undefined;
    if (LEAVES_SOMETHING.test(this.#test.file)) await this.close();
    return told ?? { passed: [], failed: [], otherwise: printed.join("").slice(-SHOWN_CHARS) };
  }

  async close(): Promise<void> {
    const runner = this.#runner;
    this.#runner = undefined;
    if (runner === undefined || runner.exitCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    runner.once("exit", () => resolve());
    const timer = setTimeout(() => runner.kill("SIGKILL"), CLOSING_MS);
    runner.disconnect();
    await promise;
    clearTimeout(timer);
  }

  #start(): ChildProcess {
    const { project, file } = this.#test;
    const runner = fork(join(this.#tree, "dev/prove/guards/test-runner.ts"), [project, file], {
      cwd: this.#tree,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [runner.stdout, runner.stderr]) stream?.setEncoding("utf8");
    return runner;
  }
}

/** For the databases that it started. */
const CLOSING_MS = 30_000;
