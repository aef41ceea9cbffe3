// Editors that search: a colleague, a company.
import Autocomplete from "@mui/material/Autocomplete";
import Box from "@mui/material/Box";
import TextField from "@mui/material/TextField";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useGetManyAggregate, useNotify } from "ra-core";
import { useState } from "react";
import { call, newId } from "../../api/client.ts";
import { findCompanies } from "../../api/people.ts";
import type { Records } from "../../api/resources.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { focusOnce } from "../../ui/focusOnce.ts";
import { PersonPicker } from "../../ui/PersonPicker.tsx";
import { useDebounced } from "../../ui/useDebounced.ts";
import { usePickerTexts } from "../../ui/usePickerTexts.ts";
import type { EditorProps } from "../types.ts";

export function ColleagueEditor({ value, onChange, onDone, wrong, label, focused }: EditorProps<string>) {
  return (
    <PersonPicker
      bare
      label={label}
      value={value ?? ""}
      wrong={wrong("")}
      focused={focused}
      onChange={(id) => (onDone ? onDone(id) : onChange(id))}
    />
  );
}

/** A company; `fresh` stands for one that is not there yet. */
interface Option {
  id: string;
  name: string;
  fresh?: boolean;
}

interface CompanyProps {
  id: string;
  name?: string | undefined;
  /** Empty id: none. */
  onPick: (id: string, name: string) => void;
  label: string;
  wrong?: string | undefined;
  focused?: boolean | undefined;
}

export function CompanyPicker({ id, name, onPick, label, wrong, focused }: CompanyProps) {
  const t = useText();
  const texts = usePickerTexts();
  const may = useMay();
  const notify = useNotify();
  const [typed, setTyped] = useState("");
  const { data: known } = useGetManyAggregate<Records["companies"]>(
    "companies",
    { ids: [id] },
    { enabled: Boolean(id) && !name },
  );
  const shown = name || known?.[0]?.name || "";
  const query = useDebounced(typed === shown ? "" : typed);
  const { data = [], isFetching } = useQuery({
    queryKey: ["companies", "find", query],
    queryFn: ({ signal }) => findCompanies(query, signal),
  });
  const wanted = typed.trim();
  const options: Option[] = data.map((company) => ({ id: company.id, name: company.name }));
  const isThere = options.some((one) => one.name.toLocaleLowerCase() === wanted.toLocaleLowerCase());
  if (wanted && wanted !== shown && !isThere && !isFetching && query === typed && may("company", "create"))
    options.push({ id: "", name: wanted, fresh: true });
  const choose = async (option: Option | null) => {
    if (!option?.fresh) return onPick(option?.id ?? "", option?.name ?? "");
    try {
      const body = { company: { name: option.name }, requestId: newId() };
      const made = await call<Records["companies"]>("POST", "/v1/companies", { body });
      onPick(made.id, made.name);
    } catch (error) {
      notify(describeError(error), { type: "error" });
    }
  };
  return (
    <Autocomplete<Option>
      fullWidth
      autoHighlight
      openOnFocus
      options={options}
      filterOptions={(found) => found}
      loading={isFetching}
      {...texts}
      value={id ? { id, name: shown } : null}
      onInputChange={(_, words) => setTyped(words)}
      onChange={(_, option) => void choose(option)}
      getOptionLabel={(one) => one.name}
      getOptionKey={(one) => one.id || "fresh"}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      renderOption={({ key, ...props }, one) => (
        <Box component="li" key={key} {...props} sx={{ gap: 2 }}>
          {one.fresh && <Plus size={16} aria-hidden />}
          {one.fresh ? t("record.company.create", { name: one.name }) : <bdi>{one.name}</bdi>}
        </Box>
      )}
      renderInput={(input) => (
        <TextField
          {...input}
          inputRef={focused ? focusOnce : undefined}
          error={Boolean(wrong)}
          helperText={wrong}
          slotProps={{
            ...input.slotProps,
            htmlInput: { ...input.slotProps.htmlInput, "aria-label": label, dir: "auto" },
          }}
        />
      )}
    />
  );
}

export function CompanyEditor({ value, onChange, onDone, wrong, label, focused }: EditorProps<string>) {
  return (
    <CompanyPicker
      id={value ?? ""}
      label={label}
      wrong={wrong("")}
      focused={focused}
      onPick={(id) => (onDone ? onDone(id) : onChange(id))}
    />
  );
}
