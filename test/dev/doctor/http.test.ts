import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { connectHttp, NoAnswer, RefusedQuery } from "../../../dev/doctor/query.ts";
import { startDoctor } from "./private-server.ts";

type Row = Readonly<Record<string, string | null>>;

/** A row set as PlanetScale sends it; columns are those of the first row. */
const resultOf = (rows: readonly Row[]) => ({
  fields: Object.keys(rows[0] ?? {}).map((name) => ({ name, type: "VARCHAR", charset: 45 })),
  rows: rows.map((row) => {
    const values = Object.values(row);
    return {
      lengths: values.map((value) => `${value === null ? -1 : Buffer.byteLength(value)}`),
      values: Buffer.from(values.join("")).toString("base64"),
    };
  }),
});

const ERROR = {
  code: "UNKNOWN",
  message: "target: app.-.primary: syntax error (errno 1105) (sqlstate HY000)",
};

/** @param answers rows of statements that contain a text; every other one is refused */
const startHttp = async (answers: Readonly<Record<string, readonly Row[]>>): Promise<string> => {
  const authorization = `Basic ${Buffer.from("app:secret").toString("base64")}`;
  const answerTo = async (request: IncomingMessage) => {
    if (request.headers.authorization !== authorization) return undefined;
    const { query } = (await json(request)) as { query: string };
    const rows = Object.entries(answers).find(([text]) => query.includes(text))?.[1];
    const session = { signature: "", vitessSession: {} };
    return rows === undefined ? { session, error: ERROR } : { session, result: resultOf(rows) };
  };
  const server = createServer(async (request, response) => {
    const answer = await answerTo(request);
    response.statusCode = answer === undefined ? 401 : 200;
    response.end(JSON.stringify(answer ?? { error: { code: "unauthenticated", message: "no" } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
};

const TABLES = ["viewer_history", "view_hourly", "user_sessions", "daily_statistics"];
const partitions = TABLES.flatMap((name) => [
  { name, part: "p0", expression: "`at`", below: "'2099-01-01'" },
  { name, part: "pmax", expression: "`at`", below: "MAXVALUE" },
]);

const HOSTED = {
  "VERSION()": [{ version: "8.0.36-Vitess", current: "app" }],
  "information_schema.SCHEMATA": [{ charset: "utf8mb4" }],
  "information_schema.TABLES": [{ bytes: "123" }],
  "information_schema.PARTITIONS": partitions,
};

test("over HTTP it examines what is shown, and what is refused is not shown and no failure", async () => {
  const host = await startHttp({ ...HOSTED, "PARTITION (pmax)": [] });
  const { exited, output } = startDoctor([], `http://app:secret@${host}`);
  expect(await exited).toBe(0);
  expect(output()).toContain(`http://${host}: 8.0.36-Vitess`);
  expect(output()).toMatch(/- +redo log +not shown/);
  expect(output()).toMatch(/ok +database +app, utf8mb4/);
  expect(output()).toMatch(/ok +partitions, view_hourly +1, to 2099-01-01 /);
});

test("over HTTP variables are judged where they are shown", async () => {
  const host = await startHttp({
    ...HOSTED,
    "SHOW GLOBAL VARIABLES": [
      { Variable_name: "sql_mode", Value: "" },
      { Variable_name: "time_zone", Value: "UTC" },
    ],
  });
  const { exited, output } = startDoctor(["--url", `http://app:secret@${host}`]);
  expect(await exited).toBe(1);
  expect(output()).toMatch(/fail +sql mode +empty/);
  expect(output()).toMatch(/ok +time zone +UTC/);
});

test("a wrong password is no answer, and is not printed", async () => {
  const host = await startHttp(HOSTED);
  const { exited, output } = startDoctor([], `http://app:guess@${host}`);
  expect(await exited).toBe(1);
  expect(output()).toContain(`No answer from http://${host}`);
  expect(output()).not.toContain("guess");
});

test("a refusal and a silence are told apart", async () => {
  const host = await startHttp({});
  const { query } = connectHttp(`http://app:secret@${host}`);
  await expect(query("SELECT 1")).rejects.toThrow(RefusedQuery);
  const nobody = connectHttp("http://app:secret@127.0.0.1:1");
  await expect(nobody.query("SELECT 1")).rejects.toThrow(NoAnswer);
});
