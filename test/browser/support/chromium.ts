/**
 * Set-up of the browser tests: finds Chromium, or installs Debian's where this machine lets us. Where it does not, the
 * tests are skipped with a notice, but under `CI=true` they fail: there a skipped test would pass for a kept promise.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the browser; empty where there is none. */
    chromium: string;
  }
}

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const HOW = "Install it (Debian: `apt-get install chromium`), or name one in CHROMIUM_PATH.";

const named = process.env.CHROMIUM_PATH;

const find = (): string | undefined =>
  (named === undefined ? PATHS : [named]).find((path) => existsSync(path));

const mayInstall = (): boolean =>
  named === undefined && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

const install = (): void => {
  console.log("Chromium is missing; installing Debian's for the browser tests");
  const options = {
    stdio: "inherit",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  } as const;
  spawnSync("apt-get", ["update", "-qq"], options);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], options);
};

export default (project: TestProject): void => {
  if (find() === undefined && mayInstall()) install();
  const path = find();
  if (path === undefined) {
    if (process.env.CI === "true") throw new Error(`The browser tests need Chromium. ${HOW}`);
    console.warn(`Chromium was not found: the browser tests are skipped. ${HOW}`);
  }
  project.provide("chromium", path ?? "");
};
