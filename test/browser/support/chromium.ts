/** Set-up of the browser tests: finds Chromium, or installs Debian's. */
import { existsSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { findOrInstall } from "../../support/debian-package.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the browser; empty where there is none. */
    chromium: string;
  }
}

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const named = process.env.CHROMIUM_PATH;

export default (project: TestProject): void => {
  const path = findOrInstall(
    {
      name: "Chromium",
      debianPackages: ["chromium"],
      tests: "the browser tests",
      how: "Install it (Debian: `apt-get install chromium`), or name one in CHROMIUM_PATH.",
      find: () =>
        (named === undefined ? PATHS : [named]).find((candidate) => existsSync(candidate)),
    },
    named === undefined,
  );
  project.provide("chromium", path ?? "");
};
