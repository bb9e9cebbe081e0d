import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseMoveFlags } from "../../cli/flags.ts";
import { moveAndCompare } from "../../cli/move/move-and-compare.ts";
import { privateAddress, startPrivate } from "../../dev/mysql/private.ts";
import { UsageError, WRANGLER_TOML } from "../../dev/run/flags.ts";
import { WRANGLER, WRANGLER_ENV } from "../../dev/run/wrangler.ts";
import { deleteRows, type FreshGateway, freshGateway, NO_MYSQL } from "../support/mysql.ts";
import { killCommands, LAUNCHER, MAIN, start } from "./support/command.ts";
import { inside } from "./support/inside.ts";
import {
  contentsOfD1,
  contentsOfMySql,
  fillD1,
  freshState,
  removeStates,
  runOnMySql,
} from "./support/state.ts";
import { MOVE_TABLES_BUT_HOURLY, oddRows, tableNamed } from "./support/tables.ts";

/** With no secrets file, whatever the clone has. */
const flags = (state: string): readonly string[] => [
  ...["--from", "d1", "--to", "mysql", "--state", state],
  ...["--secrets", join(state, "none")],
];

const command = (state: string) => ["migrate-database", ...flags(state)];

const headcount = (args: readonly string[]) => start([LAUNCHER, ...args]).ended;

/** All that the command does but for what it does to its process: that one is locked out of a state, and interrupted. */
const migrateDatabase = (
  state: string,
  args: readonly string[],
  signal = new AbortController().signal,
) => inside(() => moveAndCompare(parseMoveFlags([...flags(state), ...args]), () => signal));

afterEach(killCommands);
afterAll(removeStates);

describe("headcount", () => {
  test("what is no command is refused with 2, the reason and how it is called", async () => {
    const { code, output } = await headcount(["fly"]);
    expect(output).toContain('"fly" is no command of headcount');
    expect(output).toContain("--from-file FILE");
    expect(code).toBe(2);
  });

  const MOVE = ["--from", "d1", "--to", "mysql", "--secrets", "/nowhere"];

  test.for([
    [[], "goes --from d1 --to mysql"],
    [["--from", "mysql", "--to", "d1"], 'not from "mysql" to "d1"'],
    [[...MOVE, "--fast"], "Unknown option '--fast'"],
    [[...MOVE, "--verify", "--restart"], "exclude each other"],
    [[...MOVE, "--url", "localhost"], "--url is mysql://"],
    [[...MOVE, "--state", ""], "--state needs a value"],
    [[...MOVE, "--from-file", "/nowhere.sql"], "There is no file /nowhere.sql"],
  ] as const)("migrate-database %j is called wrongly", ([args, reason]) => {
    expect(() => parseMoveFlags(args)).toThrow(UsageError);
    expect(() => parseMoveFlags(args)).toThrow(reason);
  });

  test("--help says how it is called, and is no mistake", async () => {
    const { code, output } = await headcount(["--help"]);
    expect(code).toBe(0);
    expect(output).toContain("headcount migrate-database");
  });
});

describe("headcount migrate-database without a target or a source", () => {
  test("a target that does not answer is named, without its password", async () => {
    const state = await freshState();
    const url = "http://someone:hush@127.0.0.1:1";
    const { code, output } = await migrateDatabase(state, ["--url", url]);
    expect(output).toMatch(/The database is not ready: .*no answer/);
    expect(output).not.toContain("hush");
    expect(code).toBe(1);
  });

  test("a state without a D1 is named, and none is made", async () => {
    const state = join(await freshState(), "typo");
    const { code, output } = await migrateDatabase(state, []);
    expect(output).toContain(`There is no D1 in ${state}`);
    expect(code).toBe(1);
    expect(existsSync(join(state, "v3"))).toBe(false);
  });
});

describe.skipIf(NO_MYSQL)("headcount migrate-database", () => {
  let gateway: FreshGateway;
  let state: string;
  let onInsert: (sql: string) => void;

  beforeAll(async () => {
    gateway = await freshGateway({
      onStatement: (sql) => {
        // Those of the migrations' own notes are not the move's.
        const isRow = sql.startsWith("INSERT INTO") && !sql.includes("__drizzle_migrations");
        if (isRow) onInsert(sql);
      },
    });
  });
  afterAll(() => gateway?.close());

  beforeEach(async () => {
    state = await freshState();
    onInsert = () => undefined;
    await deleteRows(gateway.address);
  });

  const run = (...args: readonly string[]) =>
    migrateDatabase(state, ["--url", gateway.url, ...args]);

  const expectEqual = async ({ address } = gateway) =>
    expect(await contentsOfMySql(address)).toEqual(contentsOfD1(state));

  test.for([9])(
    "killed at page %i it goes on from there, and nothing is missing; --verify finds a row changed by hand, and writes nothing",
    async (page) => {
      const hourly = tableNamed("view_hourly");
      await fillD1(state, [
        ...oddRows(6, MOVE_TABLES_BUT_HOURLY),
        ...oddRows(hourly.pageRows * 3 + 1, [hourly]),
      ]);
      const first = start([MAIN, ...command(state)], { DATABASE_URL: gateway.url });
      let inserts = 0;
      onInsert = () => {
        inserts += 1;
        if (inserts === page) first.child.kill("SIGKILL");
      };
      expect((await first.ended).code).toBe(null);
      expect(inserts).toBe(page);
      const { code, output } = await run();
      expect(output).toContain("The target has all");
      expect(code).toBe(0);
      await expectEqual();
      // Only the page that was under way is sent twice.
      expect(inserts).toBe(MOVE_TABLES_BUT_HOURLY.length + 4 + 1);
      expect(existsSync(join(state, "migrate-database.json"))).toBe(false);

      await runOnMySql(gateway.address, "UPDATE view_daily SET views = views + 1 WHERE day = 2");
      inserts = 0;
      const verified = await run("--verify");
      expect(verified.output).toContain('different ["k2",2,2]');
      expect(verified.output).toContain("The target is not as the source is: view_daily.");
      expect(verified.code).toBe(1);
      expect(inserts).toBe(0);
    },
  );

  test("an end that is asked for comes between two pages, and is no loss", async () => {
    await fillD1(state, oddRows(3));
    const first = start([LAUNCHER, ...command(state)], { DATABASE_URL: gateway.url });
    let inserts = 0;
    onInsert = () => {
      inserts += 1;
      if (inserts === 5) first.child.kill("SIGTERM");
    };
    const { code, output } = await first.ended;
    expect(output).toContain("Interrupted; run it again");
    expect(code).toBe(1);
    const second = await run();
    expect(second.output).toContain("Going on from where the last run ended");
    expect(second.code).toBe(0);
    await expectEqual();
  });

  test("a bookmark of another target is refused, and --restart forgets it", async () => {
    await fillD1(state, oddRows(3));
    const interruption = new AbortController();
    onInsert = (sql) => {
      if (sql.includes("`view_hourly`")) interruption.abort();
    };
    const first = await migrateDatabase(state, ["--url", gateway.url], interruption.signal);
    expect(first.code).toBe(1);
    const elsewhere = await freshGateway();
    try {
      const refused = await run("--url", elsewhere.url);
      expect(refused.output).toContain("has not come to its end");
      expect(refused.output).not.toContain("pscale_pw_test");
      expect(refused.code).toBe(1);
      expect((await run("--url", elsewhere.url, "--restart")).code).toBe(0);
      await expectEqual(elsewhere);
    } finally {
      await elsewhere.close();
    }
  });

  test("an empty D1 is moved, and leaves the schema behind", async () => {
    const untouched = await freshGateway();
    try {
      const { code, output } = await run("--url", untouched.url);
      expect(output).toContain("The target has all 0 rows");
      expect(code).toBe(0);
      await expectEqual(untouched);
    } finally {
      await untouched.close();
    }
  });

  test("without a URL it goes to the MariaDB of the state, which has it afterwards", async () => {
    await fillD1(state, oddRows(2));
    expect((await headcount(command(state))).code).toBe(0);
    const server = await startPrivate(state);
    try {
      expect(await contentsOfMySql(privateAddress(state))).toEqual(contentsOfD1(state));
    } finally {
      await server.kill();
    }
  });

  test("a dump that wrangler made comes over as its D1 is", async () => {
    await fillD1(state, withoutNul(oddRows(7)));
    // Wrangler exports from the state beside its configuration, and from no other.
    const site = join(state, "site");
    cpSync(join(state, "v3"), join(site, ".wrangler/state/v3"), { recursive: true });
    cpSync(WRANGLER_TOML, join(site, "wrangler.toml"));
    const dump = join(state, "dump.sql");
    const { ended } = start(
      [WRANGLER, "d1", "export", "headcount", "--local", "--output", dump, "--cwd", site],
      { ...WRANGLER_ENV, CI: "true" },
    );
    expect((await ended).output).toContain("Done!");
    const { code, output } = await run("--from-file", dump);
    expect(output).toContain("The target has all");
    expect(code).toBe(0);
    await expectEqual();
    expect(existsSync(join(state, "dump.sqlite"))).toBe(false);
  });
});

/** SQL has no word for it, and an export writes it as it is. */
const withoutNul = (tables: ReturnType<typeof oddRows>) =>
  tables.map(({ table, rows }) => ({
    table,
    rows: rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([field, value]) => [
          field,
          typeof value === "string" ? value.replaceAll("\u0000", "") : value,
        ]),
      ),
    ),
  }));
