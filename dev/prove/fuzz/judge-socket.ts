import { PONG } from "../../../src/protocol/live-messages.ts";
import { bytesOf, framesIn, type Heard, OPCODES } from "./frames.ts";
import type { SocketCase, Step } from "./socket-case.ts";
import { openWire, type Wire } from "./wire.ts";

const DEADLINE_MS = 15_000;
const HEAD_END = "\r\n\r\n";

/** @param address of a network of its own @returns what is wrong; `undefined`: nothing */
export const judgeSocket = async (
  url: string,
  one: SocketCase,
  address: string,
): Promise<string | undefined> => {
  const wire = await openWire(url);
  try {
    const head = [
      `GET ${one.target} HTTP/1.1`,
      "Host: headcount.test",
      `CF-Connecting-IP: ${address}`,
      ...one.headers,
    ];
    wire.write(Buffer.from(head.join("\r\n") + HEAD_END, "latin1"));
    await wire.until((heard) => heard.includes(HEAD_END), DEADLINE_MS);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(wire.heard().toString("latin1"))?.[1] ?? 0);
    if (status === 0)
      return wire.isClosed() && one.opens === undefined ? undefined : "no answer to the upgrade";
    if (status >= 500 && status !== 501)
      return `${status}: ${wire.heard().toString("latin1").slice(0, 300)}`;
    if (one.opens !== undefined && one.opens !== (status === 101))
      return `${status} to the upgrade`;
    return status === 101 ? await judgeSteps(wire, one) : undefined;
  } finally {
    wire.cut();
  }
};

const judgeSteps = async (
  wire: Wire,
  { opens, steps, ending }: SocketCase,
): Promise<string | undefined> => {
  // A slow reader hears nothing of what follows, and must not be a burden: that is seen in others.
  if (ending === "sleep") wire.stopReading();
  for (const { frames } of steps) for (const frame of frames) wire.write(bytesOf(frame));
  if (ending === "sleep" || opens === undefined) return undefined;
  const first = steps.findIndex(({ brings }) => brings !== "pong");
  const pongs = first === -1 ? steps.length : first;
  const ends = steps.find(({ brings }) => brings === "end");
  if (ends !== undefined) return complaintOfEnd(wire, ends);
  if (!(await wire.until((heard) => pongsIn(heard) >= pongs, DEADLINE_MS))) {
    return `${pongsIn(wire.heard())} of ${pongs} pongs`;
  }
  // Within a message that goes on, a close is no part of it.
  if (ending === "cut" || first !== -1) return undefined;
  const goodbye: Step = {
    name: "a good end",
    frames: [{ opcode: OPCODES.close, payload: Buffer.from([3, 232]) }],
    brings: "end",
  };
  for (const frame of goodbye.frames) wire.write(bytesOf(frame));
  return complaintOfEnd(wire, goodbye);
};

const complaintOfEnd = async (wire: Wire, { name }: Step): Promise<string | undefined> => {
  const ended = await wire.until(
    (heard) => messagesIn(heard).some(({ opcode }) => opcode === OPCODES.close),
    DEADLINE_MS,
  );
  return ended || wire.isClosed() ? undefined : `still open after ${name}`;
};

const messagesIn = (heard: Buffer): readonly Heard[] =>
  framesIn(heard.subarray(heard.indexOf(HEAD_END) + HEAD_END.length));

const pongsIn = (heard: Buffer): number =>
  messagesIn(heard).filter(
    ({ opcode, payload }) => opcode === OPCODES.text && `${payload}` === PONG,
  ).length;
