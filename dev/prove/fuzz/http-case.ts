/** Requests of every route: as they should be, nearly so, and not at all. */
import fc from "fast-check";
import * as v from "valibot";
import type { Route } from "../../../src/protocol/routes.ts";
import { hostileHeader, hostileJson, hostileQuery, hostileSegment, spoil } from "./hostile.ts";
import { arbitraryOf, type Seasoning } from "./schema-arbitrary.ts";

/**
 * What has to come of it: what fits is not refused for its form, what does not fit is refused whatever else holds, and
 * of the rest nothing is known but that the answer is an answer.
 */
export type Expectation = "fits" | "refused" | "unauthorized" | "anything";

export interface HttpCase {
  readonly route: Route;
  readonly method: string;
  /** Path and query as they are sent. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  /** `undefined`: none. */
  readonly body: string | undefined;
  /** Without a declared length. */
  readonly chunked: boolean;
  readonly expects: Expectation;
}

/** A part of a request, and whether it fits: `undefined` where nobody can say. */
interface Part<Value> {
  readonly value: Value;
  readonly fits: boolean | undefined;
}

const JSON_TYPE = ["Content-Type", "application/json"] as const;
const BROWSER =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

/** Headers that decide by themselves what comes of a request. */
const DECISIVE =
  /^(?:content-type|content-encoding|authorization|idempotency-key|upgrade|origin)$/i;

const fitting = <Value>(value: Value): Part<Value> => ({ value, fits: true });

const pathOf = (route: Route, seasoning: Seasoning): fc.Arbitrary<Part<string>> => {
  const name = /:\w+/.exec(route.path)?.[0];
  if (name === undefined) {
    const odd = fc.constantFrom(
      `${route.path}/`,
      `/${route.path}`,
      route.path.toUpperCase(),
      `${route.path}%00`,
    );
    return fc.oneof(
      { weight: 40, arbitrary: fc.constant(fitting(route.path)) },
      { weight: 1, arbitrary: odd.map((value) => ({ value, fits: undefined })) },
    );
  }
  const segment =
    route.param === undefined ? fc.constant("x") : arbitraryOf(route.param, seasoning);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: segment.map((text) =>
        fitting(route.path.replace(name, encodeURIComponent(`${text}`))),
      ),
    },
    {
      weight: 1,
      arbitrary: hostileSegment.map((text) => ({
        value: route.path.replace(name, () => text),
        fits: undefined,
      })),
    },
  );
};

const queryOf = (route: Route, seasoning: Seasoning): fc.Arbitrary<Part<string>> => {
  const good = route.query === undefined ? fc.constant({}) : arbitraryOf(route.query, seasoning);
  return fc.oneof(
    { weight: 5, arbitrary: good.map((value) => fitting(asQuery(value))) },
    {
      weight: 1,
      arbitrary: hostileQuery.map((text) => ({ value: `?${text}`, fits: queryFits(route, text) })),
    },
  );
};

const asQuery = (value: unknown): string => {
  const pairs = new URLSearchParams();
  for (const [name, values] of Object.entries(Object(value))) {
    for (const text of Array.isArray(values) ? values : []) pairs.append(name, `${text}`);
  }
  return pairs.size === 0 ? "" : `?${pairs}`;
};

/** Broken escapes and names of no length are read in different ways. */
const queryFits = (route: Route, text: string): boolean | undefined => {
  if (route.query === undefined || /%(?![2-7])|(?:^|&)=/.test(text)) return undefined;
  const values: Record<string, string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    values[name] = [...(values[name] ?? []), value];
  }
  return v.safeParse(route.query, values).success;
};

/** What writes to the database is got wrong far more often than it is done: that is quick, and the door is what is tried. */
const isDeed = (route: Route): boolean => route.scope !== undefined && route.method !== "GET";

const canBeEmpty = ({ body }: Route): boolean => body === undefined || body.optional === true;

const bodyOf = (route: Route, seasoning: Seasoning): fc.Arbitrary<Part<string | undefined>> => {
  const { body } = route;
  if (body === undefined) {
    return fc.oneof(
      { weight: 9, arbitrary: fc.constant(fitting(undefined)) },
      { weight: 1, arbitrary: hostileJson.map((text) => ({ value: text, fits: undefined })) },
    );
  }
  const good = arbitraryOf(body.schema, seasoning).map((value) => JSON.stringify(value ?? {}));
  const texts = fc.oneof(
    { weight: isDeed(route) ? 1 : 10, arbitrary: good },
    { weight: 12, arbitrary: fc.tuple(good, spoil).map(([json, change]) => change(json)) },
    { weight: 1, arbitrary: hostileJson },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
  );
  const sent = texts.map(
    (value): Part<string | undefined> => ({ value, fits: bodyFits(body, value) }),
  );
  const none = { value: undefined, fits: body.optional === true };
  return fc.oneof({ weight: 30, arbitrary: sent }, { weight: 1, arbitrary: fc.constant(none) });
};

const bodyFits = ({ schema, maxBytes }: NonNullable<Route["body"]>, text: string): boolean => {
  const bytes = Buffer.from(text);
  if (bytes.length > maxBytes) return false;
  try {
    const value: unknown = JSON.parse(bytes.toString().replace(/^\uFEFF/, ""));
    return !Array.isArray(value) && v.safeParse(schema, value).success;
  } catch {
    return false;
  }
};

const headersOf = fc.oneof(
  { weight: 3, arbitrary: fc.constant<(readonly [string, string])[]>([]) },
  { weight: 1, arbitrary: fc.array(hostileHeader, { minLength: 1, maxLength: 4 }) },
);

/** A network a case: limits are somebody else's matter. */
const address = fc
  .tuple(fc.nat(222), fc.nat(255), fc.nat(255), fc.nat(255))
  .map(([a, b, c, d]) => `${a + 1}.${b}.${c}.${d}`);

interface Keys {
  readonly adminKey: string;
}

const keyOf = (route: Route, { adminKey }: Keys): fc.Arbitrary<string | undefined> => {
  const good = fc.constant(`Bearer ${adminKey}`);
  const bad = fc.constantFrom(undefined, "Bearer x", `Bearer ${adminKey}x`, `Basic ${adminKey}`);
  if (route.scope === undefined) return fc.constant(undefined);
  const weight = isDeed(route) && canBeEmpty(route) ? 4 : 100;
  return fc.oneof({ weight, arbitrary: good }, { weight: 20, arbitrary: bad });
};

export const httpCaseOf = (
  route: Route,
  { texts, adminKey }: Seasoning & Keys,
): fc.Arbitrary<HttpCase> =>
  fc
    .record({
      path: pathOf(route, { texts }),
      query: queryOf(route, { texts }),
      body: bodyOf(route, { texts }),
      extra: headersOf,
      key: keyOf(route, { adminKey }),
      from: address,
      chunked: fc.boolean(),
      method: fc.oneof(
        { weight: 40, arbitrary: fc.constant(route.method) },
        {
          weight: 1,
          arbitrary: fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"),
        },
      ),
    })
    .map(({ path, query, body, extra, key, from, chunked, method }) => {
      const isOdd = method !== route.method || extra.some(([name]) => DECISIVE.test(name));
      const parts = [path.fits, query.fits, body.fits];
      const isIn = route.scope === undefined || key === `Bearer ${adminKey}`;
      return {
        ...{ route, method, target: path.value + query.value, body: body.value, chunked },
        headers: [
          ...(body.value === undefined ? [] : [JSON_TYPE]),
          ["User-Agent", BROWSER] as const,
          ["CF-Connecting-IP", from] as const,
          ...(key === undefined ? [] : [["Authorization", key] as const]),
          ...extra,
        ],
        expects: isOdd || path.fits === undefined ? "anything" : expectationOf(isIn, parts),
      };
    });

const expectationOf = (isIn: boolean, parts: readonly (boolean | undefined)[]): Expectation => {
  if (!isIn) return "unauthorized";
  if (parts.includes(false)) return "refused";
  return parts.includes(undefined) ? "anything" : "fits";
};
