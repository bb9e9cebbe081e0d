/**
 * What the counts have to be: from what was sent and what was answered, and from the rules as they are published. It
 * shares no code with the product, and knows visitors as the world does.
 */

/** A page that was opened. */
export interface Opened {
  /** As answered: a UUIDv7. */
  readonly eventId: string;
  readonly content: string;
  readonly visitor: number;
  /** Not a bot's, nor read ahead. */
  readonly countable: boolean;
  readonly country: string;
  readonly region: string;
  readonly city: string;
}

/** Numbers by a key of text, as `hour content`. */
export type Counts = Map<string, number>;

export interface Truth {
  /** `hour content`: hour in unix ms. */
  readonly cells: Counts;
  /** `day content`: day as 20261121. */
  readonly days: Counts;
  readonly uniques: Counts;
  /** `day content country` */
  readonly countries: Counts;
  /** `day content country region city`, what is small as it is told. */
  readonly regions: Counts;
  readonly counted: number;
  /** Acknowledged, each once however often it was sent. */
  readonly acknowledged: number;
}

const WINDOW_MS = 60_000;
const HOUR_MS = 3_600_000;

interface Event {
  readonly at: number;
  readonly opened: Opened;
}

export class Oracle {
  readonly #zoneOffsetMs: number;
  readonly #opened: (Opened | undefined)[] = [];
  readonly #accepted: boolean[] = [];

  /** @param zoneOffsetMs of the reporting days from UTC */
  constructor(zoneOffsetMs: number) {
    this.#zoneOffsetMs = zoneOffsetMs;
  }

  /** @param number of the event, by the world's count */
  opened(number: number, opened: Opened): void {
    this.#opened[number] = opened;
  }

  /** @returns whether it is the first time */
  accepted(number: number): boolean {
    const isFirst = this.#accepted[number] !== true;
    this.#accepted[number] = true;
    return isFirst;
  }

  truth(): Truth {
    const cells: Counts = new Map();
    const days: Counts = new Map();
    const countries: Counts = new Map();
    const inRegions: Counts = new Map();
    const inCities: Counts = new Map();
    const visitors = new Map<string, Set<number>>();
    let counted = 0;
    for (const event of this.#counted()) {
      const { content, visitor, country, region, city } = event.opened;
      const day = this.#dayOf(event.at);
      counted += 1;
      add(cells, `${event.at - (event.at % HOUR_MS)} ${content}`);
      add(days, `${day} ${content}`);
      add(countries, `${day} ${content} ${country}`);
      add(inRegions, `${day} ${content} ${country} ${region}`);
      add(inCities, `${day} ${content} ${country} ${region} ${city}`);
      const key = `${day} ${content}`;
      const seen = visitors.get(key);
      if (seen === undefined) visitors.set(key, new Set([visitor]));
      else seen.add(visitor);
    }
    const uniques: Counts = new Map();
    for (const [key, seen] of visitors) uniques.set(key, seen.size);
    const acknowledged = this.#accepted.filter((it) => it).length;
    const regions = withoutSmall(inRegions, inCities);
    return { cells, days, uniques, countries, regions, counted, acknowledged };
  }

  /** The greedy rule: in the order of (time, id), what is less than a minute after the last that counted does not. */
  *#counted(): Generator<Event> {
    for (const events of this.#byReader().values()) {
      events.sort((a, b) => a.at - b.at || (a.opened.eventId < b.opened.eventId ? -1 : 1));
      let last = Number.NEGATIVE_INFINITY;
      for (const event of events) {
        if (event.at - last < WINDOW_MS) continue;
        last = event.at;
        yield event;
      }
    }
  }

  /** What can count at all, by content and visitor. */
  #byReader(): ReadonlyMap<string, Event[]> {
    const groups = new Map<string, Event[]>();
    for (const [number, opened] of this.#opened.entries()) {
      if (opened?.countable !== true || this.#accepted[number] !== true) continue;
      const event = { at: timeOf(opened.eventId), opened };
      const key = `${opened.visitor} ${opened.content}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [event]);
      else group.push(event);
    }
    return groups;
  }

  #dayOf(at: number): number {
    const local = new Date(at + this.#zoneOffsetMs);
    return local.getUTCFullYear() * 10_000 + (local.getUTCMonth() + 1) * 100 + local.getUTCDate();
  }
}

/** Fewer views than this from one place are told with those of others. */
const TOLD_FROM = 5;

/** @param inRegions `day content country region` @param inCities the same and `city` */
const withoutSmall = (inRegions: Counts, inCities: Counts): Counts => {
  const told: Counts = new Map();
  for (const [city, views] of inCities) {
    const [day, content, country, name] = city.split(" ");
    const region = [day, content, country, name].join(" ");
    let key = views < TOLD_FROM ? `${region} other` : city;
    if ((inRegions.get(region) ?? 0) < TOLD_FROM) key = `${day} ${content} ${country} other `;
    told.set(key, (told.get(key) ?? 0) + views);
  }
  return told;
};

/** RFC 9562, section 5.7: the first 48 bits are unix ms. */
const timeOf = (uuid: string): number => Number.parseInt(uuid.replace("-", "").slice(0, 12), 16);

const add = (counts: Counts, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
