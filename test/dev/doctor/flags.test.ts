import { resolve } from "node:path";
import { expect, test } from "vitest";
import { parseDoctorFlags } from "../../../dev/doctor/flags.ts";
import { targetOf } from "../../../dev/doctor/target.ts";
import { ROOT, UsageError } from "../../../dev/run/flags.ts";

test("without flags it is one examination of the server of npm start", () => {
  expect(parseDoctorFlags([], {})).toEqual({
    url: undefined,
    state: resolve(ROOT, ".headcount"),
    json: false,
    watchEveryMs: undefined,
  });
});

test("a server is named by --url, else by DATABASE_URL; an empty one names none", () => {
  const environment = { DATABASE_URL: "mysql://a:b@c/d" };
  expect(parseDoctorFlags([], environment).url).toBe("mysql://a:b@c/d");
  expect(parseDoctorFlags(["--url", "mysql://e:f@g/h"], environment).url).toBe("mysql://e:f@g/h");
  expect(parseDoctorFlags([], { DATABASE_URL: "" }).url).toBeUndefined();
});

test("--watch comes every 2 s or as --every says", () => {
  expect(parseDoctorFlags(["--watch"], {}).watchEveryMs).toBe(2_000);
  expect(parseDoctorFlags(["--watch", "--every", "0.5"], {}).watchEveryMs).toBe(500);
});

test.for([
  "--flush",
  "now",
  "--url",
  "--state=",
  "--json=yes",
  "--json --watch",
  "--every 5",
  "--watch --every 0",
  "--watch --every soon",
  "--watch --every 4000",
])("%s is wrong use", (args) => {
  expect(() => parseDoctorFlags(args.split(" "), {})).toThrow(UsageError);
});

test.for(["db.example", "mysql://db.example/x", "https://db.example", "postgres://a:b@c/d", ""])(
  'no server is named by "%s"',
  (url) => {
    expect(() => targetOf({ url, state: "unused" })).toThrow(UsageError);
  },
);

test("what is printed of a server is not its password", () => {
  for (const url of ["mysql://app:secret@db.example/shop", "https://app:secret@db.example"]) {
    const { address, unreachable } = targetOf({ url, state: "unused" });
    expect(address + unreachable).toContain("db.example");
    expect(address + unreachable).not.toContain("secret");
  }
});
