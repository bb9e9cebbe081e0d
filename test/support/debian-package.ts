/**
 * What a set-up of tests needs besides npm's packages: found, or installed from Debian where this machine lets us. Where
 * it does not, the tests are skipped with a notice, but under `CI=true` they fail: there a skipped test would pass for a
 * kept promise.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export interface Needed<Found> {
  /** As a sentence begins with it. */
  readonly name: string;
  readonly debianPackages: readonly string[];
  /** Which tests need it. */
  readonly tests: string;
  /** How somebody gets it by hand, as a sentence. */
  readonly how: string;
  find(): Found | undefined;
}

/** @returns undefined where it is missing and cannot be had. @throws Error in that case under `CI=true` */
export const findOrInstall = <Found>(
  { name, debianPackages, tests, how, find }: Needed<Found>,
  mayInstall = true,
): Found | undefined => {
  if (find() === undefined && mayInstall && canInstall()) {
    console.log(`${name} is missing; installing Debian's for ${tests}`);
    install(debianPackages);
  }
  const found = find();
  if (found === undefined) {
    if (process.env.CI === "true") throw new Error(`${name} was not found for ${tests}. ${how}`);
    console.warn(`${name} was not found: ${tests} are skipped. ${how}`);
  }
  return found;
};

const canInstall = (): boolean => process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

const install = (packages: readonly string[]): void => {
  const options = {
    stdio: "inherit",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  } as const;
  spawnSync("apt-get", ["update", "-qq"], options);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], options);
};
