/** Text that others are shown: whole characters, none of which steers a terminal, a log or a page. */
import * as v from "valibot";

/** Control characters, and halves of characters that UTF-8 has no bytes for (Unicode 16, section 3.9). */
const UNSHOWABLE = /[\p{Cc}\p{Cs}]/u;
const UNSHOWABLE_RUNS = /[\p{Cc}\p{Cs}]+/gu;

/** What an operator or a back end writes is refused when it is not well formed: they mend it, and nothing is lost. */
export const ShownText = v.pipe(
  v.string(),
  v.check((text) => !UNSHOWABLE.test(text), "text has whole characters and no control characters"),
);

/** What a page says of itself is mended: nobody would be there to repeat a view that is refused for its title. */
export const mendText = (text: string): string => text.replace(UNSHOWABLE_RUNS, " ").trim();

/** @returns whether readers can be sent there: other addresses, `javascript:` above all, are code or local files */
export const isPageUrl = (url: string): boolean => {
  if (UNSHOWABLE.test(url) || !URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  return protocol === "https:" || protocol === "http:";
};
