import type { ObjectContext } from "../src/compose-objects.ts";

/** The platform's view of an object as the application wants it. */
export const objectContext = (ctx: DurableObjectState): ObjectContext => ({
  name: ctx.id.name ?? ctx.id.toString(),
  storage: ctx.storage,
  background: (work) => ctx.waitUntil(work),
  abort(reason): never {
    ctx.abort(reason);
    throw new Error(reason);
  },
});
