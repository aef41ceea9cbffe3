import Autocomplete from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import { useGetList } from "ra-core";
import type { Records } from "../api/resources.ts";
import { usePickerTexts } from "./usePickerTexts.ts";

interface Props {
  label: string;
  /** Id; empty: none. */
  value: string;
  onChange: (id: string) => void;
}

/** A team; for who may read them (team, read). */
export function TeamPicker({ label, value, onChange }: Props) {
  const texts = usePickerTexts();
  const { data = [], isPending } = useGetList<Records["teams"]>("teams");
  return (
    <Autocomplete
      fullWidth
      autoHighlight
      openOnFocus
      options={data}
      loading={isPending}
      {...texts}
      value={data.find(({ id }) => id === value) ?? null}
      onChange={(_, chosen) => onChange(chosen?.id ?? "")}
      getOptionLabel={(team) => team.name}
      getOptionKey={(team) => team.id}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      renderInput={(input) => <TextField {...input} label={label} />}
    />
  );
}
