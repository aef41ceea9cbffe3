import Autocomplete from "@mui/material/Autocomplete";
import Box from "@mui/material/Box";
import TextField from "@mui/material/TextField";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Colleague, findColleagues } from "../api/people.ts";
import { focusOnce } from "./focusOnce.ts";
import { PersonAvatar } from "./PersonAvatar.tsx";
import { useColleague } from "./useColleague.ts";
import { useDebounced } from "./useDebounced.ts";
import { usePickerTexts } from "./usePickerTexts.ts";

interface Props {
  label: string;
  /** Id; empty: nobody. */
  value: string;
  onChange: (id: string, person: Colleague | undefined) => void;
  /** The label is heard and not shown: it stands beside already. */
  bare?: boolean;
  wrong?: string | undefined;
  focused?: boolean | undefined;
}

/** A colleague, found by part of the name. */
export function PersonPicker({ label, value, onChange, bare, wrong, focused }: Props) {
  const texts = usePickerTexts();
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
      {...texts}
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
      renderInput={(input) => (
        <TextField
          {...input}
          label={bare ? undefined : label}
          inputRef={focused ? focusOnce : undefined}
          error={Boolean(wrong)}
          helperText={wrong}
          slotProps={{
            ...input.slotProps,
            htmlInput: { ...input.slotProps.htmlInput, "aria-label": bare ? label : undefined, dir: "auto" },
          }}
        />
      )}
    />
  );
}
