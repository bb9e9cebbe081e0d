/** `npm start`: the Worker on this machine, with everything on disk. */
import { parseOnlyFlags, runCommand } from "./run/flags.ts";
import { serve } from "./run/serve.ts";

await runCommand(() => serve(parseOnlyFlags(process.argv.slice(2))));
