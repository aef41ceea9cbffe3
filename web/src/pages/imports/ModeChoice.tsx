import Card from "@mui/material/Card";
import FormControl from "@mui/material/FormControl";
import FormControlLabel from "@mui/material/FormControlLabel";
import FormLabel from "@mui/material/FormLabel";
import Radio from "@mui/material/Radio";
import RadioGroup from "@mui/material/RadioGroup";
import Typography from "@mui/material/Typography";
import type { Mode } from "../../api/imports.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";

const MODES = ["MODE_BOTH", "MODE_CREATE", "MODE_UPDATE"] as const;

/** What to do with known contacts and with new ones; only what the person may do. */
export function ModeChoice({ mode, onChange }: { mode: Mode; onChange: (mode: Mode) => void }) {
  const t = useText();
  const may = useMay();
  const allowed = (one: Mode) => may("contact", one === "MODE_UPDATE" ? "update" : "create");
  return (
    <Card sx={{ p: 4 }}>
      <FormControl>
        <FormLabel
          id="mode-label"
          sx={{ color: "text.primary", fontWeight: 600, mb: 1, "&.Mui-focused": { color: "text.primary" } }}
        >
          {t("imports.mode.title")}
        </FormLabel>
        <RadioGroup
          aria-labelledby="mode-label"
          value={mode}
          onChange={(event) => onChange(event.target.value as Mode)}
        >
          {MODES.map((one) => (
            <FormControlLabel
              key={one}
              value={one}
              disabled={!allowed(one)}
              control={<Radio size="small" />}
              sx={{ alignItems: "flex-start", my: 1 }}
              label={
                <>
                  {t(`imports.mode.${one}`)}
                  <Typography variant="caption" color="textSecondary" component="div">
                    {t(`imports.mode.about.${one}`)}
                  </Typography>
                </>
              }
            />
          ))}
        </RadioGroup>
      </FormControl>
    </Card>
  );
}
