/** Where views came from, told so that few people are never told apart. */

/** Where a view came from, as finely as the edge knows it. */
export interface Place {
  /** ISO 3166-1 alpha-2, `XX` where unknown. */
  readonly country: string;
  /** Code of the first level, empty where unknown. */
  readonly region: string;
  /** Name, empty where unknown. */
  readonly city: string;
}

/** Counted views from one place. */
export interface PlaceViews extends Place {
  readonly views: number;
}

/** Stands for all regions of a country, or all cities of a region, that are too small to be told by themselves. */
export const OTHER_PLACE = "other";

/** A region or a city with fewer views of a content in a day (and a shard) is not told by itself: it may be one person. */
export const MIN_PLACE_VIEWS = 5;

/** Views by region and city. */
type Regions = Map<string, Map<string, number>>;

/**
 * A city with fewer than five views goes into its region's `OTHER_PLACE`; then a region with fewer than five in all goes
 * into its country's, without its cities. Countries are always told. The unknown region and the unknown city are like
 * any other, and so is whatever is called as the rest is.
 * @param places in any order, one of them several times if need be
 * @returns each place once, all with views; the same sums by country as before
 */
export const foldPlaces = (places: Iterable<PlaceViews>): readonly PlaceViews[] =>
  [...byCountry(places)].flatMap(([country, regions]) => foldCountry(country, regions));

const byCountry = (places: Iterable<PlaceViews>): ReadonlyMap<string, Regions> => {
  const countries = new Map<string, Regions>();
  for (const { country, region, city, views } of places) {
    const cities = inner(inner(countries, country), nameOf(region));
    const name = nameOf(city);
    cities.set(name, (cities.get(name) ?? 0) + views);
  }
  return countries;
};

/** MySQL takes names for the same that differ in spaces at their end. */
const nameOf = (name: string): string => name.trim();

const inner = <Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, Value>();
  map.set(key, made);
  return made;
};

const foldCountry = (country: string, regions: Regions): readonly PlaceViews[] => {
  const told: PlaceViews[] = [];
  let others = 0;
  for (const [region, cities] of regions) {
    const inAll = sumOf(cities);
    if (isTooSmall(region, inAll)) others += inAll;
    else told.push(...foldRegion({ country, region }, cities));
  }
  if (others > 0) told.push({ country, region: OTHER_PLACE, city: "", views: others });
  return told;
};

const foldRegion = (
  of: Pick<Place, "country" | "region">,
  cities: ReadonlyMap<string, number>,
): readonly PlaceViews[] => {
  const told: PlaceViews[] = [];
  let others = 0;
  for (const [city, views] of cities) {
    if (isTooSmall(city, views)) others += views;
    else told.push({ ...of, city, views });
  }
  if (others > 0) told.push({ ...of, city: OTHER_PLACE, views: others });
  return told;
};

const isTooSmall = (name: string, views: number): boolean =>
  views < MIN_PLACE_VIEWS || name === OTHER_PLACE;

const sumOf = (cities: ReadonlyMap<string, number>): number =>
  [...cities.values()].reduce((sum, views) => sum + views, 0);
