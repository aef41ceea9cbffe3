import Autocomplete from "@mui/material/Autocomplete";
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useMemo } from "react";
import type { ImportOptions, Quoting } from "../../api/imports.ts";
import { languageName, regionName, regionsByName } from "../../format/regions.ts";
import { useText } from "../../i18n/use.ts";
import { usePreferences } from "../../preferences/store.ts";
import type { Draft } from "./useDraft.ts";

const ENCODINGS = ["utf-8", "utf-16", "windows-1252", "windows-1254", "windows-1256"];
/** Names of texts by delimiter: a tab cannot stand in a key. */
const DELIMITERS: Record<string, string> = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" };
const QUOTINGS: readonly Quoting[] = ["QUOTING_DOUBLE", "QUOTING_SINGLE", "QUOTING_NONE"];
const HEADERS = ["true", "false"];
const LANGUAGES = [
  "en-US",
  "en-GB",
  "fa-IR",
  "az-AZ",
  "ms-MY",
  "ar",
  "de",
  "es",
  "fr",
  "it",
  "nl",
  "pt",
  "ru",
  "tr",
];

interface Props {
  /** Undefined as long as the file cannot be read as it was asked for. */
  understood: ImportOptions | undefined;
  draft: Draft;
  onChange: (changed: Partial<Draft>) => void;
}

/** How the file is read: found out, and corrected here. */
export function ReadingCard({ understood, draft, onChange }: Props) {
  const t = useText();
  // What was asked for shows at once, before the file has been read that way.
  const encoding = draft.encoding || understood?.encoding || "";
  const delimiter = draft.delimiter || understood?.delimiter || "";
  const locale = draft.locale || understood?.locale || "";
  const quoting = draft.quoting === "QUOTING_UNSPECIFIED" ? (understood?.quoting ?? "") : draft.quoting;
  const hasHeader = draft.hasHeader ?? understood?.hasHeader;
  return (
    <Card component="section" aria-labelledby="reading-title" sx={{ p: 4 }}>
      <Typography id="reading-title" variant="h2">
        {t("imports.reading.title")}
      </Typography>
      <Typography color="textSecondary" sx={{ mb: 4 }}>
        {t("imports.reading.about")}
      </Typography>
      <Box
        sx={{
          display: "grid",
          gap: 4,
          gridTemplateColumns: { xs: "1fr", sm: "1fr 1fr", lg: "repeat(3, 1fr)" },
        }}
      >
        <Choice
          label={t("imports.reading.encoding")}
          value={encoding}
          values={withOwn(ENCODINGS, encoding)}
          name={(value) => t(`imports.encodings.${value}`, { _: value })}
          onChange={(value) => onChange({ encoding: value })}
        />
        <Choice
          label={t("imports.reading.delimiter")}
          value={delimiter}
          values={withOwn(Object.keys(DELIMITERS), delimiter)}
          name={(value) => t(`imports.delimiters.${DELIMITERS[value] ?? ""}`, { _: value })}
          onChange={(value) => onChange({ delimiter: value })}
        />
        <Choice
          label={t("imports.reading.quoting")}
          value={quoting}
          values={QUOTINGS}
          name={(value) => t(`imports.quotings.${value}`)}
          onChange={(value) => onChange({ quoting: value as Quoting })}
        />
        <Choice
          label={t("imports.reading.header")}
          value={hasHeader === undefined ? "" : String(hasHeader)}
          values={HEADERS}
          name={(value) => t(`imports.headers.${value}`)}
          onChange={(value) => onChange({ hasHeader: value === "true" })}
        />
        <RegionChoice
          value={draft.region || understood?.region || ""}
          onChange={(value) => onChange({ region: value })}
        />
        <Choice
          label={t("imports.reading.locale")}
          help={t("imports.reading.localeHelp")}
          value={locale}
          values={withOwn(LANGUAGES, locale)}
          name={languageName}
          onChange={(value) => onChange({ locale: value })}
        />
      </Box>
    </Card>
  );
}

function withOwn(values: readonly string[], own: string): readonly string[] {
  return !own || values.includes(own) ? values : [own, ...values];
}

interface ChoiceProps {
  label: string;
  help?: string;
  value: string;
  values: readonly string[];
  name: (value: string) => string;
  onChange: (value: string) => void;
}

function Choice({ label, help, value, values, name, onChange }: ChoiceProps) {
  return (
    <TextField
      select
      fullWidth
      label={label}
      helperText={help}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {values.map((one) => (
        <MenuItem key={one} value={one}>
          {name(one)}
        </MenuItem>
      ))}
    </TextField>
  );
}

function RegionChoice({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useText();
  const { locale } = usePreferences();
  const regions = useMemo(() => regionsByName(locale), [locale]);
  return (
    <Autocomplete
      options={regions}
      value={value}
      disableClearable
      autoHighlight
      getOptionLabel={regionName}
      onChange={(_, chosen) => onChange(chosen)}
      noOptionsText={t("imports.reading.noRegion")}
      openText={t("imports.open")}
      closeText={t("common.close")}
      renderInput={(props) => (
        <TextField
          {...props}
          label={t("imports.reading.region")}
          helperText={t("imports.reading.regionHelp")}
        />
      )}
    />
  );
}
