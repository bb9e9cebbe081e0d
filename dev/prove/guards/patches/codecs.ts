/** What keeps bytes that are none of ours from being read as if they were. */
import type { Patch } from "../patch.ts";

const CODECS = { project: "pure", file: "test/protocol/codecs.test.ts" } as const;
const TOKEN = "src/protocol/view-token.ts";
const MAC_TEXT = "A".repeat(22);

export const CODEC_PATCHES: readonly Patch[] = [
  {
    name: "token-version",
    guard: "the version of a token",
    file: TOKEN,
    find: "version !== VERSION || !keyId",
    replace: "!keyId",
    test: { ...CODECS, name: "v2.k.YQ.AAAAAAAAAAAAAAAAAAAAAA", title: "%j is no token" },
    fails: /expected \{ keyId: 'k'.* to be undefined/,
  },
  {
    name: "token-mac-length",
    guard: "the length of a token's MAC",
    file: TOKEN,
    find: "payload === undefined || mac?.length !== MAC_BYTES",
    replace: "payload === undefined || mac === undefined",
    test: { ...CODECS, name: '"v1.k.YQ.YQ" is no token', title: "%j is no token" },
    fails: /expected \{ keyId: 'k'.* to be undefined/,
  },
  {
    name: "token-parts",
    guard: "that nothing follows a token's MAC",
    file: TOKEN,
    find: " || rest.length > 0)",
    replace: ")",
    test: {
      ...CODECS,
      name: '"v1.k.YQ.AAAAAAAAAAAAAAAAAAAAAA.YQ" is no token',
      title: "%j is no token",
    },
    fails: /expected \{ keyId: 'k'.* to be undefined/,
  },
  {
    name: "base64url-canonical",
    guard: "that bytes have one text",
    file: "src/protocol/base64url.ts",
    find: "return held === 0 ? bytes : undefined;",
    replace: "return bytes;",
    test: {
      project: "pure",
      file: "test/protocol/base64url.test.ts",
      name: "an array has one text: every other one is refused",
    },
    fails: /Property failed/,
  },
  {
    name: "event-bounds",
    guard: "that an event's texts end within its bytes",
    file: "src/protocol/event-codec.ts",
    find: "if (end > bytes.length) return undefined;",
    replace: "",
    test: { ...CODECS, name: "an event cut anywhere is none" },
    fails: /Property failed/,
  },
  {
    name: "event-id-kind",
    guard: "that an event's id is a UUIDv7",
    file: "src/protocol/event-codec.ts",
    find: "if (!isEventId(view, ID_OFFSET)) return undefined;",
    replace: "",
    test: { ...CODECS, name: "an event whose id is no UUIDv7 is none" },
    fails: /Property failed/,
  },
  {
    name: "frame-shard",
    guard: "that a frame is routed to its event's shard",
    file: "src/protocol/frame.ts",
    find: "event === undefined || event.shard !== view.getUint16(2)",
    replace: "event === undefined",
    test: { ...CODECS, name: "a frame whose shard is not its event's is none" },
    fails: /Property failed/,
  },
  {
    name: "token-length",
    guard: "how long a token is",
    file: TOKEN,
    find: "if (token.length > MAX_TOKEN_CHARS) return undefined;",
    replace: "",
    test: {
      ...CODECS,
      name: `v1.k.${"YQ".repeat(200)}.${MAC_TEXT}`,
      title: "%j is no token",
    },
    fails: /expected \{ keyId: 'k'.* to be undefined/,
  },
  {
    name: "token-no-key-id",
    guard: "that a token names a key",
    file: TOKEN,
    find: " || !keyId || !payloadText",
    replace: " || keyId === undefined || !payloadText",
    test: { ...CODECS, name: `"v1..YQ.${MAC_TEXT}" is no token`, title: "%j is no token" },
    fails: /expected \{ keyId: ''.* to be undefined/,
  },
];
