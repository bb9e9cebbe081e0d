/** Every guard that can be taken away. A new one of its kind belongs beside these. */
import type { Patch } from "./patch.ts";
import { BOUND_PATCHES } from "./patches/bounds.ts";
import { CAP_PATCHES } from "./patches/caps.ts";
import { DOOR_PATCHES } from "./patches/door.ts";
import { FOLD_PATCHES } from "./patches/fold.ts";
import { LIMIT_PATCHES } from "./patches/limits.ts";
import { ORIGIN_PATCHES } from "./patches/origins.ts";
import { PRIVACY_PATCHES } from "./patches/privacy.ts";
import { REPEAT_PATCHES } from "./patches/repeats.ts";
import { STAMP_PATCHES } from "./patches/stamps.ts";
import { TOKEN_PATCHES } from "./patches/tokens.ts";

export const PATCHES: readonly Patch[] = [
  ...TOKEN_PATCHES,
  ...STAMP_PATCHES,
  ...ORIGIN_PATCHES,
  ...BOUND_PATCHES,
  ...FOLD_PATCHES,
  ...DOOR_PATCHES,
  ...LIMIT_PATCHES,
  ...CAP_PATCHES,
  ...REPEAT_PATCHES,
  ...PRIVACY_PATCHES,
];
