import { env } from "cloudflare:workers";
import type { TallyRpc } from "../../../src/protocol/object-rpc.ts";

/** An address that no answer may show. */
export const SECRET_PLACE = "10.0.0.7";

export const fail = (): Promise<never> => Promise.reject(new Error(`${SECRET_PLACE} is down`));

export const brokenTally: TallyRpc = {
  append: fail,
  counts: fail,
  flush: fail,
  close: fail,
  status: fail,
  setStart: fail,
  standing: fail,
  restate: fail,
  reflush: fail,
  traceView: fail,
  rollUp: fail,
  hours: fail,
  seal: fail,
  finalise: fail,
  leave: fail,
};

const never = (): Promise<never> => new Promise(() => undefined);

const hangingStatement: D1PreparedStatement = new Proxy(env.DB.prepare("SELECT 1"), {
  get: (_, name) => (name === "bind" ? () => hangingStatement : never),
});

/** A D1 that takes whatever it is asked, and never answers. */
export const hangingD1: D1Database = new Proxy(env.DB, {
  get: (_, name) => (name === "prepare" ? () => hangingStatement : never),
});

/** A D1 that fails whatever it is asked. */
export const brokenD1: D1Database = new Proxy(env.DB, {
  get: () => () => {
    throw new Error(`${SECRET_PLACE} is down`);
  },
});
