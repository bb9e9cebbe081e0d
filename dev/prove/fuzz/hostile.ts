/** What nobody sends who means well. */
import fc from "fast-check";

const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const deepObject = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

/** JSON, each of one value: none is of a kind that a schema asks for, or it is out of all bounds. */
const HOSTILE_JSON: readonly string[] = [
  ...[
    "null",
    "true",
    "[]",
    "{}",
    '""',
    "-0",
    "0.1",
    "-1",
    "1e308",
    "1e999",
    "-1e999",
    "9007199254740993",
  ],
  ...[
    '"\\ud800"',
    '"\\udfff x"',
    '"\\u0000"',
    '"\\u001b[31m"',
    '"__proto__"',
    '"\\uFEFF"',
    '"\u202e"',
  ],
  ...[
    '{"__proto__":{"role":"admin"}}',
    '{"constructor":{"prototype":{}}}',
    '{"toString":1}',
    '{"length":4}',
  ],
  ...[
    "[[],[]]",
    '["a",null]',
    "[1e999]",
    deep(200),
    deepObject(200),
    deep(1_500),
    '"../../etc/passwd"',
  ],
  ...[
    `"${"x".repeat(3_000)}"`,
    `"${"\u{1F600}".repeat(600)}"`,
    `${"9".repeat(400)}`,
    `[${"0,".repeat(1_000)}0]`,
  ],
  ...[
    '"\' OR 1=1 --"',
    '"<script>alert(1)</script>"',
    '"%00"',
    '"javascript:alert(1)"',
    '"http://[::1"',
  ],
];

const HOSTILE_NAMES: readonly string[] = [
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "",
    " ",
    "\\u0000",
    "\\ud800",
  ],
  ...["length", "0", "content", "token", "tokens", "user", "x".repeat(500)],
];

export const hostileJson = fc.constantFrom(...HOSTILE_JSON);

/** One change to a text of JSON, made where it is sure to be seen. */
export type Spoil = (json: string) => string;

const intoObject = (json: string, member: string): string =>
  json.startsWith("{") && json !== "{}" ? `{${member},${json.slice(1)}` : `{${member}}`;

export const spoil: fc.Arbitrary<Spoil> = fc.oneof(
  fc.tuple(fc.constantFrom(...HOSTILE_NAMES), hostileJson).map(
    ([name, value]): Spoil =>
      (json) =>
        intoObject(json, `"${name}":${value}`),
  ),
  // A field that is there gets another value, by coming a second time: the last one holds.
  fc.tuple(fc.nat(5), hostileJson).map(
    ([index, value]): Spoil =>
      (json) => {
        const names = [...json.matchAll(/"([A-Za-z]+)":/g)].map(([, name]) => name);
        const name = names[index % Math.max(1, names.length)];
        return name === undefined ? value : `${json.slice(0, -1)},"${name}":${value}}`;
      },
  ),
  fc.nat(10_000).map(
    (at): Spoil =>
      (json) =>
        json.slice(0, at % (json.length + 1)),
  ),
  fc.tuple(fc.nat(10_000), fc.string({ unit: "binary", minLength: 1, maxLength: 3 })).map(
    ([at, text]): Spoil =>
      (json) => {
        const where = at % (json.length + 1);
        return json.slice(0, where) + text + json.slice(where);
      },
  ),
  fc.constantFrom<Spoil[]>(
    (json) => `[${json}]`,
    (json) => `${json}${json}`,
    (json) => `\uFEFF${json}`,
    (json) => `${json}\u0000`,
    (json) => json.replaceAll('"', "'"),
    (json) => ` \n\t${json}\r\n `,
    (json) => `${json}${" ".repeat(5_000)}`,
    (json) => `//\n${json}`,
    (json) => json.replace(/"[^"]*"$/, "NaN"),
  ),
);

/** Parts of a path that belong to no id. */
export const hostileSegment = fc.oneof(
  fc.constantFrom(
    ...[
      "%",
      "%0",
      "%00",
      "%2f",
      "%2e%2e",
      "..",
      ".",
      "%ff",
      "%c0%af",
      "%ed%a0%80",
      "%E0%A4%A",
      "a%0ab",
      "a%20b",
    ],
    ...[
      "__proto__",
      "constructor",
      "*",
      ":id",
      "{id}",
      "a;b",
      "a,b",
      "a=b",
      "a&b",
      "@",
      "%25",
      "%2525",
      "%3F",
    ],
    ...["x".repeat(65), "x".repeat(8_000), "%61dmin", "~", "!", "$", "'", "(", "a%2Fb", "%5c"],
  ),
  fc
    .string({ unit: "binary", minLength: 1, maxLength: 20 })
    .map((text) => encodeURIComponent(text.toWellFormed())),
);

/** `name=value` pairs of a query as they are sent. */
export const hostileQuery = fc.constantFrom(
  ...[
    "__proto__=1",
    "constructor=1",
    "a[]=1",
    "%=1",
    "=1",
    "&&&",
    "%00=%00",
    "limit=-1",
    "limit=1e3",
    "limit=",
  ],
  ...[
    "consistency=strong&consistency=strong",
    "consistency",
    "content",
    "content=%ff",
    "from=%ED%A0%80",
    "x".repeat(4_000),
  ],
  ...[
    "wait=99999999999999999999",
    "role=admin",
    "before=99999999999999999",
    `content=${"a&content=".repeat(300)}b`,
  ],
  ...[
    "from=0000-00-00",
    "from=+275760-09-13",
    "from=9999-12-31&to=0001-01-01",
    "granularity=__proto__",
    "window=toString",
  ],
);

/** A name and a value of a header that HTTP allows, whatever it means. */
export const hostileHeader: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  ...(
    [
      [
        "Content-Type",
        [
          "",
          "text/html",
          "application/json;charset=utf-16",
          "application/json;;;",
          ";",
          "*/*",
          "application/json, text/plain",
          "x".repeat(4_000),
        ],
      ],
      ["Content-Encoding", ["gzip", "br", "identity", "GZIP", "gzip, gzip", "x", ""]],
      [
        "Prefer",
        [
          "wait=99999999999999999999",
          "wait=-1",
          "wait",
          "respond-async, wait=1",
          "wait=1e9",
          ",".repeat(5_000),
        ],
      ],
      ["Origin", ["null", "https://elsewhere.example", "\u00ff", "x".repeat(3_000)]],
      ["Sec-Purpose", ["prefetch", "prefetch;prerender", "-prefetch".repeat(1_000)]],
      [
        "User-Agent",
        ["", "\u0080\u00ff", "x".repeat(20_000), "Mozilla/5.0 ".repeat(2_000), "(".repeat(10_000)],
      ],
      [
        "CF-Connecting-IP",
        [
          "",
          "::",
          "1:2:3:4:5:6:7:8:9:0",
          "::ffff:1.2.3.4",
          "fe80::1%eth0",
          "999.1.1.1",
          ":".repeat(3_000),
          "a".repeat(3_000),
        ],
      ],
      ["Idempotency-Key", ["", '"a"', "a", "\u00ff", "x".repeat(256), '"', '"\\"']],
      [
        "Authorization",
        ["", "Bearer", "Bearer ", "bearer x", "Basic eDp5", `Bearer ${"x".repeat(9_000)}`],
      ],
      ["Upgrade", ["websocket", "h2c", ""]],
      ["Range", ["bytes=0-0", "bytes=-1"]],
      ["If-None-Match", ["*", '"x"', "W/"]],
      ["Accept", ["", "text/html", "application/json;q=2"]],
      ["Cookie", ["a=b; ".repeat(1_000)]],
      ["X-HTTP-Method-Override", ["DELETE"]],
      ["X-Forwarded-For", ["127.0.0.1"]],
      ["Access-Control-Request-Method", ["DELETE"]],
      ["X-Headcount-Arrival", ["e30"]],
    ] as const
  ).map(([name, values]) => fc.constantFrom(...values).map((value) => [name, value] as const)),
);
