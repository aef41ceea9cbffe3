import IconButton from "@mui/material/IconButton";
import InputAdornment from "@mui/material/InputAdornment";
import TextField from "@mui/material/TextField";
import { Eye, EyeOff } from "lucide-react";
import { useId, useState } from "react";
import { useText } from "../../i18n/use.ts";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  autoComplete: "current-password" | "new-password";
  /** Id of what else says what belongs here. */
  describedBy?: string;
}

/** A password in a form of several: it can be shown, and says what is wrong with it. */
export function NewPasswordField({ label, value, onChange, error, autoComplete, describedBy }: Props) {
  const t = useText();
  const id = useId();
  const [shown, setShown] = useState(false);
  const about = [error && `${id}-helper-text`, describedBy].filter(Boolean).join(" ");
  return (
    <TextField
      id={id}
      label={label}
      type={shown ? "text" : "password"}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={Boolean(error)}
      helperText={error}
      fullWidth
      autoComplete={autoComplete}
      slotProps={{
        htmlInput: {
          dir: "ltr",
          autoCapitalize: "none",
          spellCheck: false,
          "aria-describedby": about || undefined,
        },
        formHelperText: { role: "alert" },
        input: {
          endAdornment: (
            <InputAdornment position="end">
              <IconButton
                edge="end"
                onClick={() => setShown(!shown)}
                aria-label={shown ? t("start.hidePassword") : t("start.showPassword")}
                aria-pressed={shown}
              >
                {shown ? <EyeOff size={18} /> : <Eye size={18} />}
              </IconButton>
            </InputAdornment>
          ),
        },
      }}
    />
  );
}
