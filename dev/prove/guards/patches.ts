/** Every guard that can be taken away. A new one of its kind belongs beside these. */
import type { Patch } from "./patch.ts";
import { BODY_PATCHES } from "./patches/bodies.ts";
import { BOUND_PATCHES } from "./patches/bounds.ts";
import { CAP_PATCHES } from "./patches/caps.ts";
import { CODEC_PATCHES } from "./patches/codecs.ts";
import { DOOR_PATCHES } from "./patches/door.ts";
import { FOLD_PATCHES } from "./patches/fold.ts";
import { KEY_TABLE_PATCHES } from "./patches/key-tables.ts";
import { KEY_PATCHES } from "./patches/keys.ts";
import { LIMITED_PATCHES } from "./patches/limited.ts";
import { LIMIT_PATCHES } from "./patches/limits.ts";
import { ORIGIN_PATCHES } from "./patches/origins.ts";
import { PRIVACY_PATCHES } from "./patches/privacy.ts";
import { REPEAT_TABLE_PATCHES } from "./patches/repeat-tables.ts";
import { REPEAT_PATCHES } from "./patches/repeats.ts";
import { STAMP_PATCHES } from "./patches/stamps.ts";
import { TICKET_PATCHES } from "./patches/tickets.ts";
import { TOKEN_PATCHES } from "./patches/tokens.ts";

export const PATCHES: readonly Patch[] = [
  ...TOKEN_PATCHES,
  ...CODEC_PATCHES,
  ...TICKET_PATCHES,
  ...STAMP_PATCHES,
  ...ORIGIN_PATCHES,
  ...BODY_PATCHES,
  ...BOUND_PATCHES,
  ...FOLD_PATCHES,
  ...DOOR_PATCHES,
  ...KEY_PATCHES,
  ...KEY_TABLE_PATCHES,
  ...LIMIT_PATCHES,
  ...LIMITED_PATCHES,
  ...CAP_PATCHES,
  ...REPEAT_PATCHES,
  ...REPEAT_TABLE_PATCHES,
  ...PRIVACY_PATCHES,
];
