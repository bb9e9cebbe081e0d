/** What the fuzzer found, in lines for people. */
import type { FuzzReport } from "../fuzz.ts";
import type { Failure } from "./campaign.ts";

/** Work on one such text may hold up an isolate for so long. */
const USER_AGENT_MAX_MS = 5;

/** What all isolates, objects and sockets may have taken on; a leak of a few KB a case is far more. */
const MEMORY_GROWTH_MAX_MB = 600;
/** Of a socket, in workerd; what is given back to it is not given back to the machine. */
const SOCKET_MB = 0.08;

const SHOWN_CHARS = 1_500;

export const figuresOf = (report: FuzzReport): readonly (readonly [string, number | string])[] => {
  const { http, raw, sockets, slowBodies, told, memoryMb, aftermath } = report;
  const { views, viewers } = aftermath;
  return [
    ["requests", http.cases],
    [
      "answers",
      [...told]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([status, count]) => `${status}: ${count}`)
        .join(", "),
    ],
    ["slowest answer", `${Math.round(report.slowestMs)} ms`],
    ["said to the port itself", raw.cases],
    ["bodies that never ended", slowBodies.cases],
    ["sockets", sockets.cases],
    ["100 KB user agent", `${report.userAgentMs.toFixed(2)} ms`],
    ["memory", `${memoryMb.before} MB before, ${memoryMb.after} MB after`],
    ["views of tokens in the cases", `${views.cases} of ${views.expected}`],
    ["views of others", `${views.others} of ${views.expected}`],
    [
      "viewers afterwards",
      viewers ? `${viewers.counted} of ${viewers.expected}` : "not waited for",
    ],
  ];
};

/** @returns nothing where everything holds */
export const complaintsOf = (report: FuzzReport): readonly string[] => {
  const { http, raw, sockets, slowBodies, memoryMb, aftermath } = report;
  const { views, viewers } = aftermath;
  const grown = memoryMb.after - memoryMb.before;
  return [
    ...http.failures.map((failure) =>
      shown(failure, ({ route, ...rest }) => ({ route: `${route.method} ${route.path}`, ...rest })),
    ),
    ...raw.failures.map((failure) => shown(failure, (found) => found)),
    ...sockets.failures.map((failure) =>
      shown(failure, ({ steps, ...rest }) => ({ steps: steps.map(({ name }) => name), ...rest })),
    ),
    ...slowBodies.complaints,
    ...(views.cases === views.expected ? [] : ["tokens in the cases are not counted once each"]),
    ...(views.others === views.expected ? [] : ["other views are not counted once each"]),
    ...(viewers?.counted === viewers?.expected
      ? []
      : ["viewers afterwards are not counted exactly"]),
    ...(report.userAgentMs <= USER_AGENT_MAX_MS ? [] : ["a long user agent takes too long"]),
    ...(grown <= MEMORY_GROWTH_MAX_MB + SOCKET_MB * sockets.cases
      ? []
      : [`the runtime has grown by ${grown} MB`]),
  ];
};

const shown = <Case>(
  { complaint, found, failsAlone }: Failure<Case>,
  of: (found: Case) => object,
): string => {
  const what = failsAlone ? "the smallest that fails" : "failed among others, and not alone";
  return `${complaint}\n    ${what}: ${JSON.stringify(of(found)).slice(0, SHOWN_CHARS)}`;
};
