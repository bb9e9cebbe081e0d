/** What keeps one network from being thousands of visitors, or thousands of contents. */
import type { Patch } from "../patch.ts";

const CAPS = { project: "pure", file: "test/app/views/caps.test.ts" } as const;
const MEMBERS = { project: "pure", file: "test/core/sliding-members.test.ts" } as const;
const HTTP = { project: "workers", file: "test/worker/http/network-caps.test.ts" } as const;
const KEEPER = "src/app/views/cap-keeper.ts";
const CAP_DOOR = "src/app/views/cap-door.ts";
const CONTENT_CAP = "src/app/views/content-cap.ts";
const MINT = "src/app/views/mint.ts";

export const CAP_PATCHES: readonly Patch[] = [
  {
    name: "cap-of-visitors",
    guard: "the cap of a network's visitors",
    file: KEEPER,
    find: "members.size(now) >= cap",
    replace: "members.size(now) < 0",
    test: {
      ...CAPS,
      name: "above the cap nobody else is a visitor of its own, and those who are stay so",
    },
    fails: /expected \[ Array\(40\) \] to deeply equal \[ Array\(20\) \]/,
  },
  {
    name: "cap-keeps-members",
    guard: "that who has a place keeps it",
    file: KEEPER,
    find: "if (!members.has(member, now) && members",
    replace: "if (members",
    test: { ...CAPS, name: "keeps who is in when the cap is lowered, and lets in nobody else" },
    fails: /expected 'full' to be 'admitted'/,
  },
  {
    name: "cap-hosting",
    guard: "the lower cap of networks that rent out servers",
    file: "src/core/views/network-cap.ts",
    find: 'asnClass === "hosting" ? caps.hosting : caps.access',
    replace: "caps.access",
    test: { ...CAPS, name: "a network of machines for rent has fewer" },
    fails: /to deeply equal \[ \+0, 1, 2, 3, 4 \]/,
  },
  {
    name: "cap-small",
    guard: "that a cap below what an isolate lets in holds there",
    file: CAP_DOOR,
    find: "Math.min(cap, CAP_FREE)",
    replace: "CAP_FREE",
    test: { ...CAPS, name: "a network of machines for rent has fewer" },
    fails: /expected \[ \+0, 1, 2, 3, 4, 5, 6, 7 \] to deeply equal \[ \+0, 1, 2, 3, 4 \]/,
  },
  {
    name: "cap-whole",
    guard: "that what an isolate lets in by itself is taken from the cap",
    file: CAP_DOOR,
    find: "cap - CAP_FREE);",
    replace: "cap);",
    test: {
      ...CAPS,
      name: "each further one costs one call within the hour, to the colo's object of the network",
    },
    fails: /expected \[ 'FRA:2 20', 'FRA:2 20' \] to deeply equal \[ 'FRA:2 12', 'FRA:2 12' \]/,
  },
  {
    name: "cap-of-each",
    guard: "that each network has its own",
    file: "src/core/network-members.ts",
    find: "const key = numberOf(network);",
    replace: "const key = 0;",
    test: { ...CAPS, name: "one network's visitors take no place of another's" },
    fails: /expected \[\] to deeply equal \[ 100, 101, 102,/,
  },
  {
    name: "cap-of-contents",
    guard: "the cap of a network's new contents",
    file: CONTENT_CAP,
    find: 'return answer.status === "full" ? { ...answer, cap } : ADMITTED;',
    replace: "return ADMITTED;",
    test: {
      ...CAPS,
      name: "above the cap they are refused, with the cap and when a place is free",
    },
    fails: /expected \{ status: 'admitted' \} to deeply equal \{ status: 'full'/,
  },
  {
    name: "cap-of-known",
    guard: "that a content somebody counted is never refused",
    file: CONTENT_CAP,
    find: "if (isKnown !== false) return ADMITTED;",
    replace: "if (isKnown === undefined) return ADMITTED;",
    test: {
      ...CAPS,
      name: "one that was counted is never refused, costs its Tally one call, and takes no place",
    },
    fails: /to deeply equal \[ 100, 101, 102,/,
  },
  {
    name: "members-hour",
    guard: "that a place is free after its hour, and not before",
    file: "src/core/sliding-members.ts",
    find: "if (until > this.#latest) return;",
    replace: "if (until > this.#latest + 1) return;",
    test: {
      ...MEMBERS,
      name: "at every moment those are in who were added less than a life ago, each once",
    },
    fails: /Property failed/,
  },
  {
    name: "members-clock",
    guard: "that a clock that goes back lets nobody leave out of order",
    file: "src/core/sliding-members.ts",
    find: "this.#latest = Math.max(this.#latest, now);",
    replace: "this.#latest = now;",
    test: {
      ...MEMBERS,
      name: "a clock that goes back lets nobody leave, nor stay longer than those added before",
    },
    fails: /expected 200 to be 100/,
  },
  {
    name: "members-bound",
    guard: "the bound of networks and members",
    file: "src/core/network-members.ts",
    find: "(size <= networks && this.#held <= members)",
    replace: "size <= networks",
    test: { ...MEMBERS, name: "members of networks that were forgotten are not counted any more" },
    fails: /expected \[ 3, 15 \] to deeply equal \[ 2, 10 \]/,
  },
  {
    name: "cap-at-mint",
    guard: "that further visitors of a network are one",
    file: MINT,
    find: "if (await deps.caps.visitors.admits(origin, event.visitor)) return event;",
    replace:
      "await deps.caps.visitors.admits(origin, event.visitor);\n  if (event !== undefined) return event;",
    test: { ...HTTP, name: "above the cap all further ones are one, also when they are counted" },
    fails: /expected 20 to be 1/,
  },
  {
    name: "cap-without-agent",
    guard: "that they are one whatever browser they say they are",
    file: MINT,
    find: "client: undefined, userAgent: undefined };",
    replace: "client: undefined, userAgent };",
    test: {
      ...HTTP,
      name: "whatever they change to be told apart: without its places a user agent is none either",
    },
    fails: /expected 5 to be 1/,
  },
];
