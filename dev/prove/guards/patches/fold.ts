/** What a view is counted by. */
import type { Patch } from "../patch.ts";

const FOLD = { project: "pure", file: "test/core/views/fold.test.ts" } as const;
const RULE = "src/core/views/fold.ts";
const WINDOW = "src/core/views/window.ts";

export const FOLD_PATCHES: readonly Patch[] = [
  {
    name: "fold-verdict",
    guard: "that what is sealed as bot or prefetch does not count",
    file: RULE,
    find: "if (event.edgeVerdict !== EDGE_VERDICTS.countable) return verdictOf(event.edgeVerdict);",
    replace: "",
    test: { ...FOLD, name: "is kept and takes nobody's place" },
    fails:
      /expected \[ 'counted', 'duplicate' \] to deeply equal \[ '(?:bot|prefetch)', 'counted' \]/,
  },
  {
    name: "fold-horizon",
    guard: "that what the window cannot judge is late",
    file: RULE,
    find: 'if (event.at - DEDUPE_WINDOW_MS < horizon) return "late";',
    replace: "",
    test: { ...FOLD, name: "on events behind a horizon that rises between arrivals" },
    fails: /Property failed/,
  },
  {
    name: "fold-window",
    guard: "the 60 seconds",
    file: RULE,
    find: 'if (keys.some((key) => window.conflicts(key, event.at))) return "duplicate";',
    replace: "",
    test: { ...FOLD, name: "the copies of one event count once together" },
    fails: /Property failed/,
  },
  {
    name: "fold-window-before",
    guard: "the last millisecond of the 60 seconds before",
    file: WINDOW,
    find: "const from = at - DEDUPE_WINDOW_MS + 1;",
    replace: "const from = at - DEDUPE_WINDOW_MS + 2;",
    test: {
      ...FOLD,
      name: "a view 59999 ms later is duplicate",
      title: "a view %i ms later is %s",
    },
    fails: /expected \[ 'counted', 'counted' \] to deeply equal \[ 'counted', 'duplicate' \]/,
  },
  {
    name: "fold-window-exact",
    guard: "that exactly 60 seconds apart both count",
    file: WINDOW,
    find: "const from = at - DEDUPE_WINDOW_MS + 1;",
    replace: "const from = at - DEDUPE_WINDOW_MS;",
    test: { ...FOLD, name: "a view 60000 ms later is counted", title: "a view %i ms later is %s" },
    fails: /expected \[ 'counted', 'duplicate' \] to deeply equal \[ 'counted', 'counted' \]/,
  },
  {
    name: "fold-midnight",
    guard: "the key of the day before",
    file: RULE,
    find: "return previousVisitor === undefined ? [key] : [key, combine(hashed, previousVisitor)];",
    replace: "return [key];",
    test: { ...FOLD, name: "a visitor is recognised by yesterday's key" },
    fails: /expected \[ 'counted', 'counted' \] to deeply equal \[ 'counted', 'duplicate' \]/,
  },
  {
    name: "fold-horizon-rises",
    guard: "that the horizon never falls",
    file: RULE,
    find: "Math.max(horizon, now - HORIZON_MS)",
    replace: "now - HORIZON_MS",
    test: { ...FOLD, name: "it lies 20 min back and never falls, even when a clock steps back" },
    fails: /expected 1795261195000 to be 1795261200000/,
  },
];
