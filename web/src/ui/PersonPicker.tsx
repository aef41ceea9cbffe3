import Autocomplete from "@mui/material/Autocomplete";
import Box from "@mui/material/Box";
import TextField from "@mui/material/TextField";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Colleague, findColleagues } from "../api/people.ts";
import { useText } from "../i18n/use.ts";
import { PersonAvatar } from "./PersonAvatar.tsx";
import { useColleague } from "./useColleague.ts";
import { useDebounced } from "./useDebounced.ts";

interface Props {
  label: string;
  /** Id; empty: nobody. */
  value: string;
  onChange: (id: string, person: Colleague | undefined) => void;
}

/** A colleague, found by part of the name. */
export function PersonPicker({ label, value, onChange }: Props) {
  const t = useText();
  const [typed, setTyped] = useState("");
  const current = useColleague(value);
  const query = useDebounced(typed === current?.displayName ? "" : typed);
  const { data = [], isFetching } = useQuery({
    queryKey: ["colleagues", "find", query],
    queryFn: ({ signal }) => findColleagues(query, signal),
  });
  return (
    <Autocomplete<Colleague>
      fullWidth
      autoHighlight
      openOnFocus
      options={data}
      filterOptions={(found) => found}
      loading={isFetching}
      loadingText={t("start.loading")}
      noOptionsText={t("table.pick.nothing")}
      clearText={t("common.clear")}
      openText={t("table.pick.open")}
      closeText={t("common.close")}
      value={current ?? null}
      onInputChange={(_, words) => setTyped(words)}
      onChange={(_, chosen) => onChange(chosen?.id ?? "", chosen ?? undefined)}
      getOptionLabel={(one) => one.displayName}
      getOptionKey={(one) => one.id}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      renderOption={({ key, ...props }, one) => (
        <Box component="li" key={key} {...props} sx={{ gap: 2 }}>
          <PersonAvatar name={one.displayName} size={24} />
          <bdi>{one.displayName}</bdi>
          {one.teamName && (
            <Box component="bdi" sx={{ color: "text.secondary" }}>
              {one.teamName}
            </Box>
          )}
        </Box>
      )}
      renderInput={(input) => <TextField {...input} label={label} />}
    />
  );
}
