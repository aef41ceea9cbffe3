// @vitest-environment happy-dom
import { ThemeProvider } from "@mui/material/styles";
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { preferences, setPreferences } from "../preferences/store.ts";
import { makeTheme } from "../theme/theme.ts";
import { MonthGrid } from "./MonthGrid.tsx";

const initial = preferences();
afterEach(() => {
  cleanup();
  setPreferences(initial);
});

/** The days above the columns, and the column of the first of the month. */
function head(): [string[], string] {
  const { container } = render(
    <ThemeProvider theme={makeTheme("light", "en")}>
      <MonthGrid value={{ year: 2026, month: 11, day: 22 }} calendar="gregorian" onPick={() => undefined} />
    </ThemeProvider>,
  );
  const names = [...container.querySelectorAll("[role=group] > [aria-hidden]")].map((one) => one.textContent);
  const first = container.querySelector<HTMLElement>("[role=group] > button");
  return [names, first ? getComputedStyle(first).gridColumnStart : ""];
}

test.each([
  ["", "MTWTFSS", "7"],
  ["saturday", "SSMTWTF", "2"],
  ["sunday", "SMTWTFS", "1"],
] as const)("weeks begin with the day one chose: %j", (weekStart, names, column) => {
  setPreferences({ locale: "en", weekStart });
  const [shown, first] = head();
  expect(shown.join("")).toBe(names);
  expect(first).toBe(column);
});
