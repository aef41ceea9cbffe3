import { describe, expect, test } from "vitest";
import { asked, decode, encode, pieces } from "./mentions.ts";

const LEYLA = { name: "Leyla", userId: "01a200ad-6cb2-71e8-baea-2bef82445225" };
const LONG = { name: "Leyla Əliyeva", userId: "01a200ad-4bbf-77c1-abd8-990bd1f75e51" };

describe("mentions", () => {
  test("what is sent comes back as it was typed, and the other way", () => {
    const body = encode("@Leyla Əliyeva and @Leyla: call them", [LEYLA, LONG]);
    expect(body).toBe(`@[Leyla Əliyeva](user:${LONG.userId}) and @[Leyla](user:${LEYLA.userId}): call them`);
    expect(decode(body)).toEqual({ text: "@Leyla Əliyeva and @Leyla: call them", mentions: [LONG, LEYLA] });
  });

  test("a note is cut at its mentions, and only at real ones", () => {
    expect(pieces(`Ask @[Leyla](user:${LEYLA.userId}).`)).toEqual(["Ask ", LEYLA, "."]);
    expect(pieces("@[Leyla](user:nobody)")).toEqual(["@[Leyla](user:nobody)"]);
  });

  test.each([
    ["@", 1, { query: "", start: 0 }],
    ["ask @ley", 8, { query: "ley", start: 4 }],
    ["@Leyla Əli", 10, { query: "Leyla Əli", start: 0 }],
    ["به @لی", 6, { query: "لی", start: 3 }],
    ["a@b", 3, undefined],
    ["@ley then more words", 20, undefined],
  ])("after %j at %i one asks for %o", (text, caret, expected) => {
    expect(asked(text, caret)).toEqual(expected);
  });
});
