import Autocomplete from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import { useQuery } from "@tanstack/react-query";
import { useGetManyAggregate } from "ra-core";
import { useState } from "react";
import { findCompanies } from "../../api/people.ts";
import type { Records } from "../../api/resources.ts";
import { useDebounced } from "../../ui/useDebounced.ts";
import { usePickerTexts } from "../../ui/usePickerTexts.ts";

export function useCompany(id: string): Records["companies"] | undefined {
  const { data } = useGetManyAggregate<Records["companies"]>(
    "companies",
    { ids: id ? [id] : [] },
    { enabled: Boolean(id) },
  );
  return data?.[0];
}

/** A company, found by part of the name. */
export function CompanyValue({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (id: string) => void;
}) {
  const texts = usePickerTexts();
  const [typed, setTyped] = useState("");
  const current = useCompany(value);
  const query = useDebounced(typed === current?.name ? "" : typed);
  const { data = [], isFetching } = useQuery({
    queryKey: ["companies", "find", query],
    queryFn: ({ signal }) => findCompanies(query, signal),
  });
  return (
    <Autocomplete<Records["companies"]>
      fullWidth
      autoHighlight
      openOnFocus
      options={data}
      filterOptions={(found) => found}
      loading={isFetching}
      {...texts}
      value={current ?? null}
      onInputChange={(_, words) => setTyped(words)}
      onChange={(_, chosen) => onChange(chosen?.id ?? "")}
      getOptionLabel={(one) => one.name}
      getOptionKey={(one) => one.id}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      renderInput={(input) => <TextField {...input} label={label} />}
    />
  );
}
