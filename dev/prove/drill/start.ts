/** `npm start` with the drills' Worker. */
import { join } from "node:path";
import { parseOnlyFlags, runCommand } from "../../run/flags.ts";
import { serve } from "../../run/serve.ts";

await runCommand(() =>
  serve(parseOnlyFlags(process.argv.slice(2)), {
    main: join(import.meta.dirname, "worker.ts"),
    flags: ["unsafe_module"],
  }),
);
