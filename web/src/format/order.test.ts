import { expect, test } from "vitest";
import { wordOrder } from "./order.ts";

test.each([
  ["fa", ["بهار", "پارس", "تهران", "جوان", "چمن", "کاوه", "گیلان", "لاله", "یاس"]],
  ["az", ["cavan", "çay", "elm", "əla", "hava", "xəzər", "ısıq", "ilk", "kənd", "qala", "zəfər"]],
  ["en", ["apple", "Banana", "cherry", "éclair", "zebra"]],
] as const)("%s: letters stand where the alphabet has them", (locale, words) => {
  expect([...words].reverse().sort(wordOrder(locale))).toEqual(words);
});
