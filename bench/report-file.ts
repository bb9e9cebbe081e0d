/** Writes what a benchmark measured into its section of `docs/performance.md`. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

const FILE = "docs/performance.md";

/** @throws when the file has no section of that name */
export const writeSection = (name: string, report: string): void => {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const text = readFileSync(FILE, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${FILE} has no section ${begin} … ${end}`);
  const section = `${begin}\n${machine()}\n\n${report}\n`;
  writeFileSync(FILE, text.slice(0, from) + section + text.slice(to));
};

const machine = (): string => {
  const [cpu] = cpus();
  const workerd = execFileSync("workerd", ["--version"], { encoding: "utf8" }).trim();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `Measured ${day}: ${cpus().length} cores (${cpu?.model.trim()}), ${gigabytes} GB, ${workerd}, Node ${process.versions.node}.`;
};
