/** Frames of a WebSocket (RFC 6455, section 5.2), also such as nobody may send. */

export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  /** It is the last one of its message, unless this says not. */
  readonly goesOn?: boolean;
  /** The three bits that no extension has given a meaning. */
  readonly reserved?: number;
  readonly unmasked?: boolean;
  /** What it says its payload's length is. */
  readonly claims?: bigint;
}

export const OPCODES = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

const FINAL = 0x80;
const MASKED = 0x80;

export const bytesOf = ({
  opcode,
  payload,
  goesOn,
  reserved = 0,
  unmasked,
  claims,
}: Frame): Buffer => {
  const first = (goesOn ? 0 : FINAL) | (reserved << 4) | opcode;
  const head = lengthOf(claims ?? BigInt(payload.length), unmasked ? 0 : MASKED);
  const mask = Buffer.from([0x11, 0x22, 0x33, 0x44]);
  const body = unmasked
    ? payload
    : Buffer.concat([mask, payload.map((byte, i) => byte ^ (mask[i & 3] ?? 0))]);
  return Buffer.concat([Buffer.from([first]), head, body]);
};

const lengthOf = (length: bigint, masked: number): Buffer => {
  if (length < 126n) return Buffer.from([masked | Number(length)]);
  if (length < 65_536n) {
    const head = Buffer.from([masked | 126, 0, 0]);
    head.writeUInt16BE(Number(length), 1);
    return head;
  }
  const head = Buffer.alloc(9);
  head[0] = masked | 127;
  head.writeBigUInt64BE(length, 1);
  return head;
};

export interface Heard {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** @returns the whole frames that a server has sent, which masks nothing */
export const framesIn = (bytes: Buffer): readonly Heard[] => {
  const frames: Heard[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    const begin = at + 2 + extra;
    if (begin > bytes.length) break;
    const length =
      extra === 0
        ? short
        : extra === 2
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    if (begin + length > bytes.length) break;
    frames.push({ opcode: (bytes[at] ?? 0) & 15, payload: bytes.subarray(begin, begin + length) });
    at = begin + length;
  }
  return frames;
};
