/** Requests of every route that are not as they should be, each with a mark where it is wrong: what refuses it may quote it. */
import type { Route } from "../../../src/protocol/routes.ts";
import type { MarkBook } from "./book.ts";
import type { Call } from "./caller.ts";
import { pathOf } from "./good-requests.ts";

export const badRequests = (book: MarkBook, route: Route): readonly Call[] => [
  ...badPaths(book, route),
  ...badQueries(book, route),
  ...badBodies(book, route),
];

/** @returns the names of the fields a schema knows */
const fieldsOf = (schema: object | undefined): readonly string[] =>
  schema !== undefined && "entries" in schema && typeof schema.entries === "object"
    ? Object.keys(schema.entries ?? {})
    : [];

const callOf = ({ method, path }: Route, rest: Partial<Call>): Call => ({
  ...{ method, route: path, path: pathOf(path) },
  ...rest,
});

const badPaths = (book: MarkBook, route: Route): readonly Call[] => [
  callOf(route, { method: "PATCH", body: { field: book.make("body") } }),
  callOf(route, { path: `${pathOf(route.path)}/${book.make("query", "!*")}` }),
  ...(route.path.includes(":")
    ? [
        callOf(route, { path: pathOf(route.path, book.make("query", "!*")) }),
        callOf(route, { path: pathOf(route.path, book.make("query", "%ff*")) }),
      ]
    : []),
];

const badQueries = (book: MarkBook, route: Route): readonly Call[] =>
  ["session", ...fieldsOf(route.query)].map((name) =>
    callOf(route, { path: `${pathOf(route.path)}?${name}=${book.make("query", "%22*!")}` }),
  );

/** Fields that take any text. */
const TEXTS: ReadonlySet<string> = new Set(["title", "name", "reason"]);

const TOO_LONG = "x".repeat(3_000);

const badBodies = (book: MarkBook, route: Route): readonly Call[] => {
  if (route.body === undefined) return [];
  const marked = (name = "") => book.make(TEXTS.has(name) ? "master data" : "body", '"! *');
  const bodies: readonly unknown[] = [
    `{"field": "${book.make("body")}`,
    book.make("body"),
    [marked()],
    { session: marked() },
    ...fieldsOf(route.body.schema).flatMap((name) => [
      { [name]: marked(name) },
      { [name]: [marked(name)] },
      { [name]: { [name]: marked(name) } },
      { [name]: `${marked(name)}${TOO_LONG}` },
    ]),
  ];
  return [
    ...bodies.map((body) => callOf(route, { body })),
    callOf(route, {
      body: book.make("body", "field=*"),
      headers: { "Content-Type": book.make("header", "text/*") },
    }),
  ];
};
