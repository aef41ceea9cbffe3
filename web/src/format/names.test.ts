import { expect, test } from "vitest";
import { displayName } from "./names.ts";

test.each([
  ["علی", "رضایی", "fa", "علی رضایی"],
  ["Leyla", "Məmmədova", "", "Leyla Məmmədova"],
  ["Xin Yi", "Teoh", "ms", "Xin Yi Teoh"],
  ["János", "Arany", "hu", "Arany János"],
  ["伟", "王", "", "王伟"],
  ["太郎", "山田", "ja-JP", "山田太郎"],
  ["Taro", "Yamada", "ja", "Yamada Taro"],
  ["伟", "王", "en", "伟 王"],
  ["", "Teoh", "", "Teoh"],
  ["", "", "", ""],
])("%s, %s in %s is %s", (given, family, language, whole) => {
  expect(displayName(given, family, language)).toBe(whole);
});
