/** Where a view came from, as finely as statistics tell. */
export interface Place {
  /** ISO 3166-1 alpha-2, `XX` where unknown. */
  readonly country: string;
  /** Empty where unknown. */
  readonly region: string;
}

/** A place is two bytes in an event; the world has some 5,000 regions. */
const MAX_PLACES = 65_536;

/** Every place a Corrector has met, by number. */
export class Places {
  readonly #list: Place[];
  readonly #numbers = new Map<string, number>();
  #saved: number;

  /** @param list as it was saved */
  constructor(list: readonly Place[]) {
    this.#list = [...list];
    for (const [number, place] of list.entries()) this.#numbers.set(nameOf(place), number);
    this.#saved = list.length;
  }

  /** @returns the number of the place; one too many is known by its country alone, or not at all */
  numberOf(place: Place): number {
    const known = this.#numbers.get(nameOf(place));
    if (known !== undefined) return known;
    if (this.#list.length < MAX_PLACES) {
      this.#numbers.set(nameOf(place), this.#list.length);
      return this.#list.push(place) - 1;
    }
    return this.#numbers.get(nameOf({ ...place, region: "" })) ?? 0;
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
}

const nameOf = ({ country, region }: Place): string => `${country} ${region}`;
