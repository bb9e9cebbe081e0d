/** Sockets that are opened in every way, and on which anything is said. */
import fc from "fast-check";
import { PING } from "../../../src/protocol/live-messages.ts";
import { type Frame, OPCODES } from "./frames.ts";
import { hostileQuery, hostileSegment } from "./hostile.ts";
import type { World } from "./world.ts";

export interface Step {
  readonly name: string;
  readonly frames: readonly Frame[];
  /** What has to come of it, when nothing before it has ended the socket. */
  readonly brings: "pong" | "end" | "either";
}

export interface SocketCase {
  /** Path and query. */
  readonly target: string;
  /** Header lines. */
  readonly headers: readonly string[];
  /** Whether it has to be let in; `undefined`: who knows. */
  readonly opens: boolean | undefined;
  readonly steps: readonly Step[];
  readonly ending: "cut" | "close" | "sleep";
}

const { text, binary, continuation, close, ping, pong } = OPCODES;
const frame = (
  opcode: number,
  payload: string | Buffer = "",
  more: Partial<Frame> = {},
): Frame => ({
  ...{ opcode, payload: Buffer.from(payload), ...more },
});
const step = (brings: Step["brings"], name: string, ...frames: readonly Frame[]): Step => ({
  name,
  frames,
  brings,
});
const closing = (code: number, reason: string | Buffer = ""): Frame =>
  frame(close, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));

const PINGS: readonly Step[] = [
  step("pong", "ping", frame(text, PING)),
  step("pong", "ping in pieces", frame(text, "pi", { goesOn: true }), frame(continuation, "ng")),
  step(
    "pong",
    "ping between whose pieces a control frame comes",
    frame(text, "p", { goesOn: true }),
    frame(ping, "?"),
    frame(continuation, "ing"),
  ),
];

const HARMLESS: readonly Step[] = [
  step("either", "a control ping", frame(ping, "x")),
  step(
    "either",
    "many control pings",
    ...Array.from({ length: 500 }, (_, index) => frame(ping, `${index}`)),
  ),
  step("either", "a pong that nobody asked for", frame(pong, "x")),
  step("either", "ping without a mask", frame(text, PING, { unmasked: true })),
  // Longer than RFC 6455, section 5.5, lets it be; workerd answers it all the same.
  step("either", "a long control frame", frame(ping, "x".repeat(126))),
];

/** What follows them is a part of them. */
const UNFINISHED: readonly Step[] = [
  step("either", "half a message", frame(text, "pi", { goesOn: true })),
  step("either", "a frame of which most is missing", frame(text, "p", { claims: 4_000n })),
];

const ENDING: readonly Step[] = [
  ...[
    "",
    "Ping",
    "ping ",
    "{}",
    '{"type":"count","viewers":1000000}',
    "\u0000",
    "x".repeat(70_000),
    "[".repeat(5_000),
  ].map((said) => step("end", `text ${said.slice(0, 20)}`, frame(text, said))),
  step("end", "text that is no UTF-8", frame(text, Buffer.from([0xff, 0xfe, 0xc0]))),
  step("end", "ping as bytes", frame(binary, PING)),
  step("end", "no bytes", frame(binary)),
  step("end", "2 MB", frame(binary, Buffer.alloc(2_000_000))),
  step("end", "a flood", ...Array.from({ length: 300 }, () => frame(text, "pong"))),
  step("end", "an opcode that there is not", frame(3, "x")),
  step("end", "a control opcode that there is not", frame(11, "x")),
  step("end", "a reserved bit", frame(text, PING, { reserved: 4 })),
  step("end", "a continuation of nothing", frame(continuation, "x")),
  step("end", "a control frame in pieces", frame(ping, "x", { goesOn: true })),
  step(
    "end",
    "a message begun within another",
    frame(text, "a", { goesOn: true }),
    frame(text, "b"),
  ),
  step("end", "a frame of 2^63 bytes", frame(binary, "x", { claims: 2n ** 63n })),
  step("end", "a frame of 1 TB", frame(binary, "x", { claims: 2n ** 40n })),
  step("end", "no HTTP any more", frame(text, "GET / HTTP/1.1\r\n\r\n")),
  ...[1_000, 1_001, 1_005, 1_006, 1_015, 3_000, 4_000, 4_999, 999, 0, 65_535].map((code) =>
    step("end", `a close with ${code}`, closing(code, "bye")),
  ),
  step("end", "a close without a code", frame(close)),
  step("end", "a close with half a code", frame(close, "x")),
  step("end", "a close that is no UTF-8", closing(1_000, Buffer.from([0xff, 0xfe]))),
];

const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.array(fc.constantFrom(...PINGS), { maxLength: 4 }),
    fc.option(fc.constantFrom(...HARMLESS), { nil: undefined, freq: 2 }),
    fc.option(fc.constantFrom(...ENDING, ...UNFINISHED), { nil: undefined, freq: 3 }),
  )
  .map(([pings, harmless, ending]) => [
    ...pings,
    ...(harmless ? [harmless] : []),
    ...(ending ? [ending] : []),
  ]);

const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const GOOD = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", KEY];

const BAD_HEADERS: readonly (readonly string[])[] = [
  GOOD.slice(0, 3),
  GOOD.slice(1),
  [...GOOD.slice(0, 2), "Sec-WebSocket-Version: 8", KEY],
  [...GOOD.slice(0, 3), "Sec-WebSocket-Key: x"],
  [...GOOD, "Sec-WebSocket-Protocol: a, b, \u00ff"],
  [...GOOD, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99, x"],
  [...GOOD, "Content-Length: 4"],
  [...GOOD, "X-Headcount-Arrival: e30"],
  [...GOOD, "Origin: null"],
];

const openings = ({
  stream,
}: World): fc.Arbitrary<Pick<SocketCase, "target" | "headers" | "opens">> => {
  const path = `/v1/streams/${stream}/live`;
  const client = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/, { maxLength: 64 });
  const good = fc
    .tuple(fc.constantFrom("", "&role=viewer", "&role=observer"), client)
    .map(([role, id]) => ({ target: `${path}?client=${id}${role}`, headers: GOOD, opens: true }));
  const ticket = fc
    .base64String({ maxLength: 400 })
    .map((part) => `t1.site1.${encodeURIComponent(part)}.${"A".repeat(43)}`);
  return fc.oneof(
    { weight: 12, arbitrary: good },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...BAD_HEADERS)
        .map((headers) => ({ target: path, headers, opens: undefined })),
    },
    {
      weight: 1,
      arbitrary: hostileQuery.map((query) => ({
        target: `${path}?${query}`,
        headers: GOOD,
        opens: undefined,
      })),
    },
    {
      weight: 1,
      arbitrary: hostileSegment.map((id) => ({
        target: `/v1/streams/${id}/live`,
        headers: GOOD,
        opens: false,
      })),
    },
    {
      weight: 1,
      arbitrary: ticket.map((text) => ({
        target: `${path}?ticket=${text}`,
        headers: GOOD,
        opens: undefined,
      })),
    },
  );
};

export const socketCases = (world: World): fc.Arbitrary<SocketCase> =>
  fc
    .tuple(openings(world), steps, fc.constantFrom("cut", "close", "sleep"))
    .map(([opening, said, ending]) => ({ ...opening, steps: said, ending }));
