import Autocomplete from "@mui/material/Autocomplete";
import Box from "@mui/material/Box";
import TextField from "@mui/material/TextField";
import { useMemo, useState } from "react";
import { useText } from "../../i18n/use.ts";
import { usePreferences } from "../../preferences/store.ts";
import { matching, type Zone, zone, zones } from "./zones.ts";

interface Props {
  id: string;
  /** Empty: as the browser has it. */
  value: string;
  onChange: (value: string) => void;
}

/** A time zone, looked for by city, name or distance from UTC. */
export function TimeZoneField({ id, value, onChange }: Props) {
  const t = useText();
  const { locale } = usePreferences();
  const [opened, setOpened] = useState(false);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const automatic: Zone = useMemo(
    () => ({ ...zone(here, locale), id: "", name: t("profile.region.ofBrowser", { value: here }) }),
    [here, locale, t],
  );
  // Made when the list is opened: it takes a while.
  const options = useMemo(() => [automatic, ...(opened ? zones(locale) : [])], [automatic, opened, locale]);
  const chosen = value ? zone(value, locale) : automatic;
  const label = (one: Zone) => (one.id ? `\u2066${one.id}\u2069` : one.name);
  return (
    <Autocomplete
      id={id}
      options={options}
      value={chosen}
      disableClearable
      fullWidth
      onOpen={() => setOpened(true)}
      onChange={(_, one) => onChange(one.id)}
      filterOptions={(all, { inputValue }) => matching(all, inputValue === label(chosen) ? "" : inputValue)}
      getOptionLabel={label}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      noOptionsText={t("profile.region.noZone")}
      openText={t("profile.region.openZones")}
      closeText={t("common.close")}
      renderOption={({ key, ...props }, one) => (
        <Box component="li" key={key} {...props}>
          <Box sx={{ flex: 1, minWidth: 0 }}>
            {one.id ? (
              <Box dir="ltr" sx={{ textAlign: "match-parent" }}>
                {one.id.replaceAll("_", " ")}
              </Box>
            ) : (
              one.name
            )}
            {one.id && <Box sx={{ fontSize: 12, color: "text.secondary" }}>{one.name}</Box>}
          </Box>
          <Box dir="ltr" sx={{ fontSize: 12, color: "text.secondary", whiteSpace: "nowrap" }}>
            {one.offset}
          </Box>
        </Box>
      )}
      renderInput={(props) => <TextField {...props} />}
    />
  );
}
