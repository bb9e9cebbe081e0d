/** Views by place as an answer tells them: countries, in them regions, in these cities, the most viewed first. */
import { OTHER_PLACE, type PlaceViews } from "./places.ts";

export interface CountryViews {
  /** ISO 3166-1 alpha-2, `XX` where unknown. */
  readonly country: string;
  readonly views: number;
  readonly regions: readonly RegionViews[];
}

export interface RegionViews {
  /** `null`: unknown; `OTHER_PLACE`: those too small to be told. */
  readonly region: string | null;
  readonly views: number;
  /** Empty where the region is `OTHER_PLACE`, else they make up its views. */
  readonly cities: readonly CityViews[];
}

export interface CityViews {
  /** The same of cities. */
  readonly city: string | null;
  readonly views: number;
}

/** Cities in one answer, some 40 bytes each; smaller ones are in their region's `OTHER_PLACE`. */
export const REPORTED_CITIES = 1_000;

/** @param places each once, in any order */
export const makeRegionReport = (places: readonly PlaceViews[]): readonly CountryViews[] => {
  const told = new Set(largestCities(places));
  const countries = Map.groupBy(places, ({ country }) => country);
  return ranked([...countries], (country, of) => ({
    country,
    regions: ranked([...Map.groupBy(of, ({ region }) => region)], (region, cities) => ({
      region: region || null,
      cities: region === OTHER_PLACE ? [] : citiesOf(cities, told),
    })),
  }));
};

const largestCities = (places: readonly PlaceViews[]): readonly PlaceViews[] =>
  places
    .filter(({ city }) => city !== OTHER_PLACE)
    .toSorted((a, b) => b.views - a.views || compareText(placeText(a), placeText(b)))
    .slice(0, REPORTED_CITIES);

const citiesOf = (
  cities: readonly PlaceViews[],
  told: ReadonlySet<PlaceViews>,
): readonly CityViews[] => {
  const named = Map.groupBy(cities, (place) => (told.has(place) ? place.city : OTHER_PLACE));
  return ranked([...named], (city) => ({ city: city || null }));
};

/** The most viewed first, of equals the one whose name comes first. */
const ranked = <Told>(
  named: readonly (readonly [string, readonly PlaceViews[]])[],
  tell: (name: string, places: readonly PlaceViews[]) => Told,
): readonly (Told & { readonly views: number })[] =>
  named
    .map(([name, places]) => ({ name, places, views: viewsOf(places) }))
    .filter(({ views }) => views > 0)
    .sort((a, b) => b.views - a.views || compareText(a.name, b.name))
    .map(({ name, places, views }) => ({ ...tell(name, places), views }));

export const viewsOf = (places: readonly { readonly views: number }[]): number =>
  places.reduce((sum, { views }) => sum + views, 0);

const placeText = ({ country, region, city }: PlaceViews): string =>
  [country, region, city].join("\n");

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
