/** The fold of small places as one would do it by hand, one view at a time, and slowly. */
import type { PlaceViews } from "../../src/core/statistics/places.ts";

/**
 * @param views of one each, by what they are of
 * @returns views by `of country/region/city`
 */
export const naivePlaces = (
  views: readonly (readonly [of: string, place: PlaceViews])[],
): ReadonlyMap<string, number> => {
  const told = new Map<string, number>();
  for (const [of, { country, region, city }] of views) {
    const here = views.filter(([other, place]) => other === of && place.country === country);
    const inRegion = here.filter(([, place]) => place.region === region);
    const inCity = inRegion.filter(([, place]) => place.city === city);
    let name = `${country}/${region}/${city}`;
    if (inCity.length < 5 || city === "other") name = `${country}/${region}/other`;
    if (inRegion.length < 5 || region === "other") name = `${country}/other/`;
    told.set(`${of} ${name}`, (told.get(`${of} ${name}`) ?? 0) + 1);
  }
  return told;
};
