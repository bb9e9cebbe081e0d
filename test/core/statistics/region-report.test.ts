import { expect, test } from "vitest";
import type { PlaceViews } from "../../../src/core/statistics/places.ts";
import { makeRegionReport, REPORTED_CITIES } from "../../../src/core/statistics/region-report.ts";

const place = (name: string, views: number): PlaceViews => {
  const [country = "", region = "", city = ""] = name.split("/");
  return { country, region, city, views };
};

test("countries hold regions, these cities, the most viewed first and of equals the first by name", () => {
  const report = makeRegionReport([
    place("FR//", 30),
    place("DE/BE/Berlin", 9),
    place("DE/BE/other", 2),
    place("DE/BE/", 9),
    place("DE/other/", 4),
    place("DE/BY/München", 20),
    place("AT/9/Wien", 30),
    place("US/CA/Nowhere", 0),
  ]);
  expect(report).toEqual([
    {
      country: "DE",
      views: 44,
      regions: [
        {
          region: "BE",
          views: 20,
          cities: [
            { city: null, views: 9 },
            { city: "Berlin", views: 9 },
            { city: "other", views: 2 },
          ],
        },
        { region: "BY", views: 20, cities: [{ city: "München", views: 20 }] },
        { region: "other", views: 4, cities: [] },
      ],
    },
    {
      country: "AT",
      views: 30,
      regions: [{ region: "9", views: 30, cities: [{ city: "Wien", views: 30 }] }],
    },
    {
      country: "FR",
      views: 30,
      regions: [{ region: null, views: 30, cities: [{ city: null, views: 30 }] }],
    },
  ]);
});

test("of very many cities the largest are told, and nothing is lost of the others", () => {
  const many = Array.from({ length: REPORTED_CITIES + 50 }, (_, index) =>
    place(`DE/BE/${index}`, 10_000 - index),
  );
  const [country] = makeRegionReport([...many.toReversed(), place("DE/BE/other", 3)]);
  const cities = country?.regions[0]?.cities ?? [];
  const rest = many.slice(REPORTED_CITIES).reduce((sum, { views }) => sum + views, 3);
  expect(cities).toHaveLength(REPORTED_CITIES + 1);
  expect(cities[0]).toEqual({ city: "other", views: rest });
  expect(cities[1]).toEqual({ city: "0", views: 10_000 });
  expect(cities.reduce((sum, { views }) => sum + views, 0)).toBe(country?.views);
});
