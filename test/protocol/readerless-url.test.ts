import { expect, test } from "vitest";
import { readerless } from "../../src/protocol/readerless-url.ts";

test.each([
  ["https://site.example/a#token=secret", "https://site.example/a"],
  ["https://ann:secret@site.example/a", "https://site.example/a"],
  ["https://site.example/a?utm_source=mail&fbclid=x", "https://site.example/a"],
  ["https://site.example/a?id=5&gclid=x&b=%20c", "https://site.example/a?id=5&b=+c"],
])("%s is shown without what is its reader's", (url, shown) => {
  expect(readerless(url)).toBe(shown);
});

test.each(["https://site.example/a?b=%20c&a=1", "http://site.example/%C3%A4?q="])(
  "%s stays as it is",
  (url) => {
    expect(readerless(url)).toBe(url);
  },
);
