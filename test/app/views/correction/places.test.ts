import { expect, test } from "vitest";
import { correctorStore } from "../../../../src/adapters/objects/corrector-store.ts";
import { Places } from "../../../../src/app/views/correction/places.ts";
import type { Place } from "../../../../src/core/statistics/places.ts";
import { ObjectDisk } from "../../../support/object-disk.ts";

const place = (country: string, region = "", city = ""): Place => ({ country, region, city });
const ALL = 65_536;

test("a place has one number, also when it is asked of those that were saved", () => {
  const places = new Places([place("DE", "BE")]);
  const numbers = [place("DE", "BE"), place("DE", "BE", "Berlin"), place("DE"), place("DE", "BE")];
  expect(numbers.map((one) => places.numberOf(one))).toEqual([0, 1, 2, 0]);
  const fresh = places.takeNew();
  expect(fresh).toEqual([place("DE", "BE", "Berlin"), place("DE")]);
  expect(places.takeNew()).toEqual([]);
  const again = new Places([place("DE", "BE"), ...fresh]);
  expect(numbers.map((one) => again.numberOf(one))).toEqual([0, 1, 2, 0]);
  expect(again.takeNew()).toEqual([]);
});

test("names that run into each other are different places", () => {
  const places = new Places([]);
  const some = [place("DE", "A B"), place("DE", "A", "B"), place("DE", "", "A B"), place("D", "E")];
  expect(new Set(some.map((one) => places.numberOf(one))).size).toBe(4);
});

test("of too many cities those that come late are known by their region, and no country is ever taken for another", () => {
  const places = new Places([]);
  for (let city = 0; city < ALL; city += 1) places.numberOf(place("DE", "BE", `c${city}`));
  for (let region = 0; region < ALL; region += 1) places.numberOf(place("FR", `r${region}`));
  expect(places.at(places.numberOf(place("DE", "BE", "c0")))).toEqual(place("DE", "BE", "c0"));
  expect(places.at(places.numberOf(place("DE", "BE", "new")))).toEqual(place("DE", "BE"));
  expect(places.at(places.numberOf(place("FR", "new", "new")))).toEqual(place("FR"));
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  for (const first of digits) {
    for (const second of digits) {
      const told = places.at(places.numberOf(place(`${first}${second}`, "new", "new")));
      expect(told.country).toBe(`${first}${second}`);
    }
  }
  expect(places.takeNew().length).toBeLessThanOrEqual(ALL);
});

test("a Corrector's storage of before cities keeps the numbers of its places", () => {
  const disk = new ObjectDisk();
  const { sql } = disk.open();
  sql.exec(
    "CREATE TABLE places (id INTEGER PRIMARY KEY, country TEXT NOT NULL, region TEXT NOT NULL)",
  );
  sql.exec("INSERT INTO places (country, region) VALUES ('DE', 'BE'), ('XX', '')");
  disk.flush();
  for (const opened of [0, 1]) {
    const { results } = correctorStore(disk.open(), () => undefined);
    expect(results.places().slice(0, 2)).toEqual([place("DE", "BE"), place("XX")]);
    if (opened === 0) results.addPlaces([place("DE", "BE", "Berlin")]);
    expect(results.places()[2]).toEqual(place("DE", "BE", "Berlin"));
    disk.flush();
  }
});
