// @vitest-environment happy-dom
import { ThemeProvider } from "@mui/material/styles";
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { loadAll, loadFirst } from "../../i18n/load.ts";
import { setPreferences } from "../../preferences/store.ts";
import { makeTheme } from "../../theme/theme.ts";
import type { Field } from "../types.ts";
import { ValueField } from "./ValueField.tsx";

const created: Field = { name: "create_time", label: "contacts.fields.createTime", kind: "date" };

beforeAll(async () => {
  for (const locale of ["en", "fa"] as const) {
    await loadFirst(locale);
    await loadAll(locale);
  }
});
afterEach(() => {
  cleanup();
  setPreferences({ locale: "en", calendar: "", weekStart: "" });
});

/** Shows the field with a value that follows what it tells; returns what it told, and how to set another. */
function shown(value: string) {
  const told: string[] = [];
  const outside: { set?: (value: string) => void } = {};
  function Holder() {
    const [now, setNow] = useState(value);
    outside.set = setNow;
    const change = (next: string) => {
      told.push(next);
      setNow(next);
    };
    return <ValueField field={created} value={now} onChange={change} />;
  }
  render(
    <ThemeProvider theme={makeTheme("light", "en")}>
      <Holder />
    </ThemeProvider>,
  );
  return { told, set: (next: string) => act(() => outside.set?.(next)) };
}

function box(): HTMLInputElement {
  return screen.getByRole<HTMLInputElement>("textbox");
}

test("a Jalali day one types is told as the day it is, and shown in words", () => {
  setPreferences({ locale: "fa" });
  const { told } = shown("");
  fireEvent.change(box(), { target: { value: "۱۴۰۴/۰۱/۱۵" } });
  expect(told).toEqual(["2025-04-04"]);
  expect(screen.getByText(/۱۵ فروردین/)).toBeTruthy();
});

test("what is no day is not told, and said to be none; an emptied field asks for nothing", () => {
  const { told } = shown("2025-04-04");
  expect(box().value).toBe("2025-04-04");
  fireEvent.change(box(), { target: { value: "2025-04-44" } });
  expect(told).toEqual([]);
  expect(box().getAttribute("aria-invalid")).toBe("true");
  fireEvent.change(box(), { target: { value: "" } });
  expect(told).toEqual([""]);
});

test("a day is picked from a month of the preferred calendar", async () => {
  setPreferences({ locale: "en", calendar: "jalali" });
  const { told } = shown("2025-04-04");
  expect(box().value).toBe("1404/01/15");
  fireEvent.click(screen.getByRole("button"));
  const month = within(await screen.findByRole("dialog"));
  fireEvent.click(month.getByRole("button", { pressed: true }).nextElementSibling as Element);
  expect(told).toEqual(["2025-04-05"]);
  expect(box().value).toBe("1404/01/16");
});

test("another value from outside takes the place of what is written", () => {
  const { set } = shown("2025-04-04");
  fireEvent.change(box(), { target: { value: "2025-04" } });
  expect(box().value).toBe("2025-04");
  set("2024-01-31");
  expect(box().value).toBe("2024-01-31");
});

test("an instant that was written stays as it is", () => {
  shown("2025-04-04T08:00:00Z");
  expect(box().value).toBe("2025-04-04T08:00:00Z");
});
