// @vitest-environment happy-dom
import { ThemeProvider } from "@mui/material/styles";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type DataProvider, DataProviderContext, NotificationContextProvider } from "ra-core";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Row } from "../api/changes.ts";
import { ApiError } from "../api/errors.ts";
import { loadAll, loadFirst } from "../i18n/load.ts";
import { contactKind } from "../pages/contacts/contactKind.tsx";
import { setPreferences } from "../preferences/store.ts";
import { makeTheme } from "../theme/theme.ts";
import { ConflictDialog } from "./ConflictDialog.tsx";
import { FactGroups } from "./FactGroups.tsx";
import { merge } from "./merge.ts";
import type { Conflict } from "./useRecord.ts";

const record: Row = {
  id: "1",
  etag: "v1",
  displayName: "Mina Rad",
  givenName: "Mina",
  familyName: "Rad",
  jobTitle: "Cook",
  emails: [{ address: "mina@example.com", label: "work", primary: true }],
  phones: [{ number: "+98 912 100 0316", e164: "+989121000316", label: "mobile", primary: true }],
  addresses: [{ label: "work", lines: ["1 Street"], city: "Baku", state: "", postalCode: "", region: "AZ" }],
  companies: [{ companyId: "c1", companyName: "Sadaf", role: "buyer", primary: true }],
  birthday: { year: 2024, month: 4, day: 3 },
  consents: [{ channel: "CHANNEL_SMS", state: "STATE_GRANTED", evidenceTime: "2026-06-02T09:00:00Z" }],
  tags: ["vip"],
  custom: { size: 3, warm: true },
  lifecycleStage: "LIFECYCLE_STAGE_LEAD",
};

const dataProvider = { getMany: () => Promise.resolve({ data: [] }) } as unknown as DataProvider;

beforeAll(async () => {
  await loadFirst("en");
  await loadAll("en");
});
beforeEach(() => setPreferences({ locale: "en" }));
afterEach(cleanup);

const client = new QueryClient();

function around(node: ReactNode) {
  return (
    <MemoryRouter>
      <DataProviderContext.Provider value={dataProvider}>
        <QueryClientProvider client={client}>
          <NotificationContextProvider>
            <ThemeProvider theme={makeTheme("light", "en")}>{node}</ThemeProvider>
          </NotificationContextProvider>
        </QueryClientProvider>
      </DataProviderContext.Provider>
    </MemoryRouter>
  );
}

const show = (node: ReactNode) => render(around(node));

function facts(save: (before: Row, after: Row) => Promise<void>, shown = record) {
  return <FactGroups kind={contactKind} record={shown} save={save} marked={[]} readOnly={false} />;
}

describe("facts", () => {
  test("are shown, and what is empty is there to be added", () => {
    show(facts(vi.fn()));
    expect(screen.getByText("mina@example.com").getAttribute("href")).toBe("mailto:mina@example.com");
    expect(screen.getByText("Text messages: Agreed")).toBeTruthy();
    expect(screen.getByText("April 3, 2024")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Source" })).toBeTruthy();
  });

  test("are saved by Enter, and left alone by Escape", async () => {
    const save = vi.fn(() => Promise.resolve());
    show(facts(save));
    fireEvent.click(screen.getByRole("button", { name: "Edit Job title" }));
    const input = screen.getByRole("textbox", { name: "Job title" });
    expect(document.activeElement).toBe(input);
    fireEvent.change(input, { target: { value: "Chef" } });
    fireEvent.keyDown(input, { key: "Escape" });
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(save).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("button", { name: "Edit Job title" }));
    fireEvent.change(screen.getByRole("textbox", { name: "Job title" }), { target: { value: "Chef " } });
    fireEvent.keyDown(screen.getByRole("textbox", { name: "Job title" }), { key: "Enter" });
    await waitFor(() => expect(save).toHaveBeenCalledWith(record, { ...record, jobTitle: "Chef" }));
  });

  test("that are refused come back with what was typed, and say why at their place", async () => {
    const violation = { field: "contact.emails[0].address", reason: "EMAIL_INVALID", description: "no" };
    const refused = new ApiError(400, {
      code: 3,
      message: "no",
      details: [
        { "@type": "", reason: "EMAIL_INVALID" },
        { "@type": "", fieldViolations: [violation] },
      ],
    });
    show(facts(() => Promise.reject(refused)));
    fireEvent.click(screen.getByRole("button", { name: "Edit E-mail" }));
    fireEvent.change(screen.getByRole("textbox", { name: "E-mail 1" }), { target: { value: "nobody" } });
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("This is not a valid e-mail address.")).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "E-mail 1" }).value).toBe("nobody");
  });

  test("that another changes while one edits are offered, not forced", () => {
    const save = vi.fn(() => Promise.resolve());
    const { rerender } = show(facts(save));
    fireEvent.click(screen.getByRole("button", { name: "Edit Job title" }));
    fireEvent.change(screen.getByRole("textbox", { name: "Job title" }), { target: { value: "Half" } });
    rerender(around(facts(save, { ...record, etag: "v2", jobTitle: "Captain" })));
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Job title" }).value).toBe("Half");
    fireEvent.click(screen.getByRole("button", { name: "Use theirs" }));
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Job title" }).value).toBe("Captain");
  });
});

test.each(["Address", "Birthday", "Tags", "Consents", "Custom fields", "Stage", "Telephone"])(
  "the editor of %s opens",
  (field) => {
    show(facts(vi.fn()));
    fireEvent.click(screen.getByLabelText(`Edit ${field}`));
    expect(document.querySelector(`[role=group][aria-label="${field}"]`)).toBeTruthy();
  },
);

test("a conflict is settled field by field, mine unless theirs is chosen", () => {
  const mine = { ...record, jobTitle: "Mine", givenName: "Minoo", source: "me" };
  const theirs = { ...record, etag: "v2", jobTitle: "Theirs", givenName: "Mona", tags: ["vip", "new"] };
  const settle = vi.fn(() => Promise.resolve());
  const conflict: Conflict = {
    base: record,
    mine,
    theirs,
    merge: merge(record, mine, theirs),
    settle,
    cancel: vi.fn(),
  };
  show(<ConflictDialog kind={contactKind} conflict={conflict} />);
  const job = screen.getByRole("radiogroup", { name: "Job title" });
  fireEvent.click(within(job).getAllByRole("radio")[1] as HTMLElement);
  fireEvent.click(screen.getByRole("button", { name: "Save this" }));
  expect(settle).toHaveBeenCalledWith({ ...theirs, jobTitle: "Theirs", givenName: "Minoo", source: "me" });
});
