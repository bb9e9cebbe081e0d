/** `npm run prove -- NAME`: what the service promises, shown from outside on a service that runs. */
import { type Proof, UsageError } from "./prove/commands/flags.ts";

interface Entry {
  /** One line, with the flags that it heeds. */
  readonly claim: string;
  /** Not before it is asked for: a proof brings databases, clients and drivers along. */
  load(): Promise<{ readonly prove: Proof }>;
}

const PROOFS: Readonly<Record<string, Entry>> = {
  attack: {
    claim:
      "forged, replayed, early, late, stripped and farmed tokens, tickets and events count nothing (--requests --seed)",
    load: () => import("./prove/commands/attack.ts"),
  },
  cardinality: {
    claim:
      "random ids make no object, row or key, and random queries cost no call of a store (--requests --only --seed)",
    load: () => import("./prove/commands/cardinality.ts"),
  },
  canary: {
    claim:
      "no address, user agent, ticket, token or key is in anything a service writes, whatever fails (--only --clients)",
    load: () => import("./prove/commands/canary.ts"),
  },
  kill: {
    claim:
      "what was answered durable is counted once, whoever is killed (--rounds --acks --seed --state)",
    load: () => import("./prove/commands/kill.ts"),
  },
  flush: {
    claim:
      "over a wire that loses, doubles and reorders, MySQL ends up equal to the Tallies (--flushes --seed)",
    load: () => import("./prove/commands/flush.ts"),
  },
  outage: {
    claim:
      "with MySQL away no acknowledgement and no read fails, and after its return it has everything (--seconds --seed)",
    load: () => import("./prove/commands/outage.ts"),
  },
  redis: {
    claim:
      "with Redis away or emptied no acknowledgement and no read fails and no number falls, and it has everything again within 30 s (--seconds --contents --clients --database --seed)",
    load: () => import("./prove/commands/redis.ts"),
  },
  "live-day": {
    claim:
      "a made-up day of live streams is in MariaDB and D1 what counting it anew says (--streams --seed)",
    load: () => import("./prove/commands/live-day.ts"),
  },
  "hidden-tab": {
    claim: "a tab that is hidden for minutes stays a viewer, on one socket (--seconds)",
    load: () => import("./prove/commands/hidden-tab.ts"),
  },
  reconnect: {
    claim:
      "with the service killed, who watches a stream is back within 45 s and is counted once (--clients)",
    load: () => import("./prove/commands/reconnect.ts"),
  },
  drill: {
    claim:
      "whatever part of the service is lost under its clients, every number is soon that of the clients again (--clients --seconds --only)",
    load: () => import("./prove/commands/drill.ts"),
  },
  fuzz: {
    claim:
      "whatever is sent, malformed, half, slow or absurd, is answered as it should be, and the numbers stay exact (--requests --seed --database --state)",
    load: () => import("./prove/commands/fuzz.ts"),
  },
  guards: {
    claim: "each guard is real: without it a test fails, and says so (--only)",
    load: () => import("./prove/commands/guards.ts"),
  },
};

const explain = (complaint: string): never => {
  console.error(`${complaint}\nnpm run prove -- NAME, where NAME is one of:`);
  for (const [known, { claim }] of Object.entries(PROOFS)) console.error(`  ${known}  ${claim}`);
  process.exit(2);
};

const [name = "", ...args] = process.argv.slice(2);
const chosen = PROOFS[name] ?? explain(name === "" ? "Which proof?" : `"${name}" is no proof`);
try {
  const { prove } = await chosen.load();
  process.exit((await prove(args)) ? 0 : 1);
} catch (thrown) {
  if (!(thrown instanceof UsageError)) throw thrown;
  explain(thrown.message);
}
