import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ensureSecrets, readVariables } from "../../dev/run/secrets.ts";

const fileWith = (text: string): string => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-secrets-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, ".dev.vars");
  writeFileSync(file, text, { mode: 0o644 });
  return file;
};

test("a secret that is there is never replaced; one that is missing is added to the rest", () => {
  const file = fileWith('# mine\nADMIN_KEY="chosen by hand"');
  expect(ensureSecrets(file)).toEqual(["TOKEN_KEYS"]);
  expect(readFileSync(file, "utf8")).toMatch(
    /^# mine\nADMIN_KEY="chosen by hand"\nTOKEN_KEYS="k1:[A-Za-z0-9_-]{43}"\n$/,
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const before = readFileSync(file, "utf8");
  expect(ensureSecrets(file)).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe(before);
});

test("two deployments never get the same secrets", () => {
  const [one, other] = [fileWith(""), fileWith("")];
  ensureSecrets(one);
  ensureSecrets(other);
  const [a, b] = [readVariables(one), readVariables(other)];
  expect(a.TOKEN_KEYS).not.toBe(b.TOKEN_KEYS);
  expect(a.ADMIN_KEY).not.toBe(b.ADMIN_KEY);
  expect(a.ADMIN_KEY).not.toBe(a.TOKEN_KEYS?.slice(3));
});

test("variables are those of wrangler.toml, and the file goes over them", () => {
  expect(readVariables(fileWith("")).TALLY_SHARDS).toBe("8");
  expect(readVariables(fileWith("TALLY_SHARDS=3")).TALLY_SHARDS).toBe("3");
  const reader = "https://user:password@reader.example";
  const { DATABASE_HISTORY_URL } = readVariables(fileWith(`DATABASE_HISTORY_URL=${reader}`));
  expect(DATABASE_HISTORY_URL).toBe(reader);
});
