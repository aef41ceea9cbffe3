import { expect, test } from "vitest";
import { moved, resized, shownColumns, toChosen, toggled } from "./columns.ts";
import { printColumns, readColumns } from "./state.ts";
import type { Column } from "./types.ts";

const column = (id: string, extra = false): Column<unknown> => ({
  id,
  label: id,
  width: 100,
  extra,
  render: () => id,
});
const all = [column("name"), column("email"), column("phone"), column("source", true)];
const ids = (chosen: readonly { id: string }[]) => chosen.map(({ id }) => id).join(" ");

test("without a choice the extra ones are not shown, and a choice is shown in its order", () => {
  expect(ids(toChosen(shownColumns(all, [])))).toBe("name email phone");
  expect(ids(toChosen(shownColumns(all, readColumns("source,email"))))).toBe("name source email");
});

test("the first column stays where it is; columns the table no longer has are left out", () => {
  const shown = shownColumns(all, readColumns("gone,phone,name:300"));
  expect(ids(toChosen(shown))).toBe("name phone");
  expect(shown[0]?.width).toBe(300);
  expect(ids(moved(shown, "name", 1))).toBe("name phone");
  expect(ids(moved(shown, "phone", 0))).toBe("name phone");
});

test("columns move, come and go", () => {
  const shown = shownColumns(all, []);
  expect(ids(moved(shown, "phone", 1))).toBe("name phone email");
  expect(ids(toggled(shown, column("source", true)))).toBe("name email phone source");
  expect(ids(toggled(shown, column("email")))).toBe("name phone");
});

test("a width stays within bounds and is kept in the address", () => {
  const chosen = resized(shownColumns(all, []), "email", 9999);
  expect(printColumns(chosen)).toBe("name,email:800,phone");
  expect(readColumns(printColumns(chosen))).toEqual(chosen);
});
