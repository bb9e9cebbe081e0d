import { existsSync } from "node:fs";
import { findOrInstall } from "../../support/debian-package.ts";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const named = process.env.CHROMIUM_PATH;

/** Finds Chromium, or installs Debian's. @returns its path; `undefined` where there is none */
export const findChromium = (): string | undefined =>
  findOrInstall(
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
