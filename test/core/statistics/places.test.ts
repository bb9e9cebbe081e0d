import fc from "fast-check";
import { expect, test } from "vitest";
import { foldPlaces, OTHER_PLACE, type PlaceViews } from "../../../src/core/statistics/places.ts";
import { naivePlaces } from "../../support/naive-places.ts";

const names = fc.constantFrom("", "A", "B", "C", "a", "é", OTHER_PLACE);
const place: fc.Arbitrary<PlaceViews> = fc.record({
  country: fc.constantFrom("DE", "FR", "XX"),
  region: names,
  city: names,
  views: fc.integer({ min: 1, max: 12 }),
});
const places = fc.array(place, { maxLength: 40 });

const nameOf = ({ country, region, city }: PlaceViews): string => `${country}/${region}/${city}`;
const numbers = (some: readonly PlaceViews[]) =>
  new Map(some.map((one) => [nameOf(one), one.views]));

const byCountry = (some: readonly PlaceViews[]) => {
  const sums: Record<string, number> = {};
  for (const { country, views } of some) sums[country] = (sums[country] ?? 0) + views;
  return sums;
};

test("countries are told exactly, whatever is folded within them", () => {
  fc.assert(
    fc.property(places, (some) => {
      expect(byCountry(foldPlaces(some))).toEqual(byCountry(some));
    }),
  );
});

test("no city and no region has fewer than five views, except those that stand for the rest", () => {
  fc.assert(
    fc.property(places, (some) => {
      const told = foldPlaces(some);
      for (const { country, region, city, views } of told) {
        expect(views).toBeGreaterThan(0);
        if (region === OTHER_PLACE) {
          expect(city).toBe("");
          continue;
        }
        const inRegion = told.filter((it) => it.country === country && it.region === region);
        expect(inRegion.reduce((sum, it) => sum + it.views, 0)).toBeGreaterThanOrEqual(5);
        if (city !== OTHER_PLACE) expect(views).toBeGreaterThanOrEqual(5);
      }
    }),
  );
});

test("each place is told once, and the order in which views come does not matter", () => {
  const shuffled = places.chain((some) =>
    fc.tuple(
      fc.constant(some),
      fc.shuffledSubarray(some, { minLength: some.length, maxLength: some.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([some, other]) => {
      const told = foldPlaces(some);
      expect(numbers(told).size).toBe(told.length);
      expect(numbers(foldPlaces(other))).toEqual(numbers(told));
    }),
  );
});

test("folding what is folded changes nothing", () => {
  fc.assert(
    fc.property(places, (some) => {
      const once = foldPlaces(some);
      expect(numbers(foldPlaces(once))).toEqual(numbers(once));
    }),
  );
});

test("it is what one finds by hand, a view at a time", () => {
  fc.assert(
    fc.property(places, (some) => {
      const views = some.flatMap((one) => Array.from({ length: one.views }, () => one));
      const expected = naivePlaces(views.map((one) => ["", one] as const));
      const told = foldPlaces(some).map((one) => [` ${nameOf(one)}`, one.views] as const);
      expect(new Map(told)).toEqual(expected);
    }),
  );
});

test("names that differ in spaces around them are one: MySQL cannot tell them apart at their end", () => {
  const told = foldPlaces([
    { country: "DE", region: "BE ", city: "Berlin", views: 3 },
    { country: "DE", region: "BE", city: " Berlin ", views: 4 },
  ]);
  expect(told).toEqual([{ country: "DE", region: "BE", city: "Berlin", views: 7 }]);
});
