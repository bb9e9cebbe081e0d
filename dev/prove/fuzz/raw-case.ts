/** What is said to the port itself, by who does not care for HTTP. */
import fc from "fast-check";
import type { World } from "./world.ts";

export interface RawCase {
  readonly name: string;
  /** Bytes as Latin-1, said one after the other. */
  readonly pieces: readonly string[];
  /** What has to come: so many answers, an end of the connection, or nothing in particular. */
  readonly expects: { readonly answers: number } | "an answer or an end" | "nothing";
}

const host = "Host: headcount.test\r\n";
const json = "Content-Type: application/json\r\n";
const post = (path: string, headers: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\n${host}${json}${headers}\r\n${body}`;
const sized = (path: string, body: string): string =>
  post(path, `Content-Length: ${Buffer.byteLength(body)}\r\n`, body);
const get = (path: string, headers = ""): string => `GET ${path} HTTP/1.1\r\n${host}${headers}\r\n`;

const either = (name: string, ...pieces: readonly string[]): RawCase => ({
  ...{ name, pieces, expects: "an answer or an end" },
});
const nothing = (name: string, ...pieces: readonly string[]): RawCase => ({
  name,
  pieces,
  expects: "nothing",
});

const many = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join("");

const CHUNKED = "Transfer-Encoding: chunked\r\n";

const FIXED: readonly RawCase[] = [
  ...[
    "zz\r\n",
    "-1\r\n\r\n",
    "ffffffffffffffffff\r\n",
    "5\r\nab",
    "5;ext=1\r\nabcde\r\n0\r\n\r\n",
    "0x5\r\nabcde\r\n0\r\n\r\n",
    "5\nabcde\n0\n\n",
    "\r\n",
  ]
    .map((chunks) => either(`chunks ${JSON.stringify(chunks)}`, post("/v1/views", CHUNKED, chunks)))
    .map((one) =>
      one.pieces[0]?.endsWith("5\r\nab") ? { ...one, expects: "nothing" as const } : one,
    ),
  either("two lengths", post("/v1/views", "Content-Length: 2\r\nContent-Length: 3\r\n", "{} ")),
  either("a length that is none", post("/v1/views", "Content-Length: two\r\n", "{}")),
  either("a length below 0", post("/v1/views", "Content-Length: -2\r\n", "{}")),
  either("a length with a sign", post("/v1/views", "Content-Length: +2\r\n", "{}")),
  either(
    "a length beyond all numbers",
    post("/v1/views", "Content-Length: 99999999999999999999\r\n", "{}"),
  ),
  either("a length and chunks", post("/v1/views", `Content-Length: 2\r\n${CHUNKED}`, "0\r\n\r\n")),
  either(
    "an encoding of the transfer that is none",
    post("/v1/views", "Transfer-Encoding: xchunked\r\n", "{}"),
  ),
  either(
    "a body that is far too long",
    post("/v1/views", "Content-Length: 50000000\r\n", "x".repeat(20_000)),
  ),
  either(
    "chunks without an end",
    post(
      "/v1/views",
      CHUNKED,
      many(40, () => `400\r\n${" ".repeat(1_024)}\r\n`),
    ),
  ),
  either(
    "1,000 headers",
    get(
      "/v1/counts/a",
      many(1_000, (index) => `X-${index}: ${index}\r\n`),
    ),
  ),
  either("a header of 300 KB", get("/v1/counts/a", `X-Long: ${"x".repeat(300_000)}\r\n`)),
  either("a path of 200 KB", get(`/v1/counts/${"a".repeat(200_000)}`)),
  either("a user agent of 100 KB", get("/demo", `User-Agent: ${"Mozilla/5.0 ".repeat(8_500)}\r\n`)),
  either("a header without a name", get("/healthz", ": x\r\n")),
  either("a header with a blank in its name", get("/healthz", "A B: x\r\n")),
  either("a header with a zero byte", get("/healthz", "A: \0\r\n")),
  either("a folded header", get("/healthz", "A: x\r\n y\r\n")),
  either("a header of bytes above 127", get("/v1/counts/a", "User-Agent: \xff\xfe\x80\r\n")),
  either("two hosts", get("/healthz", host)),
  either("no host", "GET /healthz HTTP/1.1\r\n\r\n"),
  either("HTTP/1.0", "GET /healthz HTTP/1.0\r\n\r\n"),
  either("HTTP/9.9", "GET /healthz HTTP/9.9\r\n\r\n"),
  either("HTTP/2 as it begins", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  either("a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
  either(
    "an address as a target",
    "GET http://elsewhere.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
  ),
  either("CONNECT", `CONNECT headcount.test:443 HTTP/1.1\r\n${host}\r\n`),
  either("TRACE", `TRACE /healthz HTTP/1.1\r\n${host}\r\n`),
  either("a method that nobody knows", `BREW /demo HTTP/1.1\r\n${host}\r\n`),
  either("bytes in a path", get("/v1/counts/\xff\xfe")),
  either("blanks in a path", get("/v1/counts/a b")),
  either("a zero byte in a path", get("/v1/counts/a\0b")),
  either("only line ends", "\r\n".repeat(50), "x\r\n\r\n"),
  either(
    "an expectation",
    post("/v1/views", "Expect: 100-continue\r\nContent-Length: 2\r\n", "{}"),
  ),
  nothing("half a line", "GET /heal"),
  nothing("half a header", `GET /healthz HTTP/1.1\r\n${host}X: `),
  nothing("headers letter by letter", ...`GET /healthz HTTP/1.1\r\nHost: x`),
  nothing("half a body", post("/v1/views", "Content-Length: 40\r\n", '{"content":')),
  nothing("half a chunk", post("/v1/views", CHUNKED, "ff\r\nabc")),
];

/** Of requests that are whole, one behind the other without waiting. */
const pipelined = ({ content }: World): fc.Arbitrary<RawCase> => {
  const whole = fc.constantFrom(
    ...[
      get("/healthz"),
      get(`/v1/counts/${content}`),
      get("/nowhere"),
      get("/v1/counts/%ff"),
      get("/v1/admin/status"),
    ],
    ...[
      sized("/v1/views", "{}"),
      sized("/v1/views", '{"content":"piped"}'),
      sized("/v1/views/confirm", '{"token":"x"}'),
    ],
  );
  return fc.array(whole, { minLength: 1, maxLength: 12 }).chain((requests) =>
    fc.integer({ min: 1, max: 200 }).map((cut): RawCase => {
      const text = requests.join("");
      const pieces = [text.slice(0, cut), text.slice(cut)].filter((piece) => piece !== "");
      return { name: "pipelined", pieces, expects: { answers: requests.length } };
    }),
  );
};

/** A byte of a request that is whole is another one, or missing, or it ends there. */
const damaged = fc
  .tuple(
    fc.constantFrom(
      get("/healthz"),
      sized("/v1/views", '{"content":"damaged"}'),
      post("/v1/views", CHUNKED, "2\r\n{}\r\n0\r\n\r\n"),
    ),
    fc.nat(400),
    fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: 3,
    }),
  )
  .map(([text, at, other]): RawCase => {
    const where = at % text.length;
    return nothing("damaged", text.slice(0, where) + other + text.slice(where + 1));
  });

const noise = fc
  .uint8Array({ minLength: 1, maxLength: 300 })
  .map((bytes) => nothing("noise", Buffer.from(bytes).toString("latin1")));

export const rawCases = (world: World): fc.Arbitrary<RawCase> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...FIXED) },
    { weight: 3, arbitrary: pipelined(world) },
    { weight: 3, arbitrary: damaged },
    { weight: 1, arbitrary: noise },
  );
