import type { Place } from "../../../core/statistics/places.ts";

/** A place is two bytes in an event. */
const MAX_PLACES = 65_536;

/**
 * The last numbers are kept for what is coarser, so that no city ever takes a region's place, and nothing a country's:
 * the world has some 100,000 cities, 5,000 regions and, in two letters or digits, at most 1,296 countries.
 */
const MAX_WITH_REGIONS = MAX_PLACES - 2_048;
const MAX_WITH_CITIES = MAX_WITH_REGIONS - 6_144;

type ByCity = Map<string, number>;

/** Every place a Corrector has met, by number. */
export class Places {
  readonly #list: Place[];
  /** Asked for each event: looked up by all three as they come, without making a name of them. */
  #numbers: Map<string, Map<string, ByCity>> | undefined;
  #saved: number;

  /** @param list as it was saved */
  constructor(list: readonly Place[]) {
    this.#list = [...list];
    this.#saved = list.length;
  }

  /** @returns the number of the place; of one too many, that of its region, or of its country */
  numberOf({ country, region, city }: Place): number {
    const cities = this.#citiesOf(country, region);
    const known = cities.get(city);
    if (known !== undefined) return known;
    const number = this.#add({ country, region, city });
    cities.set(city, number);
    return number;
  }

  /** @throws when there is none of this number */
  at(number: number): Place {
    const place = this.#list[number];
    if (place === undefined) throw new Error(`place ${number} of ${this.#list.length}`);
    return place;
  }

  /** Those that came since this was asked last, which are then taken to be saved. */
  takeNew(): readonly Place[] {
    const fresh = this.#list.slice(this.#saved);
    this.#saved = this.#list.length;
    return fresh;
  }

  #add(place: Place): number {
    if (this.#list.length < roomFor(place)) return this.#list.push(place) - 1;
    if (place.city !== "") return this.numberOf({ ...place, city: "" });
    if (place.region !== "") return this.numberOf({ ...place, region: "" });
    throw new Error(`there are ${this.#list.length} places, and ${place.country} is none of them`);
  }

  #citiesOf(country: string, region: string): ByCity {
    const numbers = this.#numbers ?? this.#listed();
    const regions = inner(numbers, country);
    return inner(regions, region);
  }

  /** Who only wants to know places by their numbers does without. */
  #listed(): Map<string, Map<string, ByCity>> {
    const numbers = new Map<string, Map<string, ByCity>>();
    for (const [number, { country, region, city }] of this.#list.entries()) {
      inner(inner(numbers, country), region).set(city, number);
    }
    this.#numbers = numbers;
    return numbers;
  }
}

const roomFor = ({ region, city }: Place): number => {
  if (city !== "") return MAX_WITH_CITIES;
  return region === "" ? MAX_PLACES : MAX_WITH_REGIONS;
};

const inner = <Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, Value>();
  map.set(key, made);
  return made;
};
