/** Every guard that can be taken away. A new one of its kind belongs beside these. */
import type { Patch } from "./patch.ts";
import { BOUND_PATCHES } from "./patches/bounds.ts";
import { FOLD_PATCHES } from "./patches/fold.ts";
import { ORIGIN_PATCHES } from "./patches/origins.ts";
import { STAMP_PATCHES } from "./patches/stamps.ts";
import { TOKEN_PATCHES } from "./patches/tokens.ts";

export const PATCHES: readonly Patch[] = [
  ...TOKEN_PATCHES,
  ...STAMP_PATCHES,
  ...ORIGIN_PATCHES,
  ...BOUND_PATCHES,
  ...FOLD_PATCHES,
];
