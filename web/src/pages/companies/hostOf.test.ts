import { expect, test } from "vitest";
import { hostOf } from "./hostOf.ts";

test.each([
  ["Example.COM", "example.com"],
  [" https://www.example.com/about?x=1 ", "www.example.com"],
  ["بندر.example", "xn--ngbog6f.example"],
  ["example", ""],
  ["two words.com", ""],
  ['a"b.com', ""],
  ["", ""],
])("%j is of the host %j", (typed, host) => expect(hostOf(typed)).toBe(host));
