/** Ends a child process together with this one, however this one ends. */
import { type ChildProcess, spawn } from "node:child_process";

/**
 * After a `kill -9` of its parent a child would live on, and hold its port or its files. The guard waits on a pipe
 * that ends with this process; a line on it says that the child went first. It is no member of the terminal's process
 * group, since Ctrl-C is not for it.
 */
export const guardChild = (child: ChildProcess): void => {
  const guard = spawn("sh", ["-c", `read -r _ || kill -9 ${child.pid}`], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.unref();
  child.once("exit", () => guard.stdin.end("\n"));
};
