import IconButton from "@mui/material/IconButton";
import InputAdornment from "@mui/material/InputAdornment";
import TextField from "@mui/material/TextField";
import { Eye, EyeOff } from "lucide-react";
import { type KeyboardEvent, type RefObject, useState } from "react";
import { useText } from "../i18n/use.ts";

interface Props {
  value: string;
  onChange: (value: string) => void;
  inputRef: RefObject<HTMLInputElement | null>;
}

/** A password that can be shown, with a word when caps lock is on. */
export function PasswordField({ value, onChange, inputRef }: Props) {
  const t = useText();
  const [shown, setShown] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const look = (event: KeyboardEvent) => setCapsLock(event.getModifierState("CapsLock"));
  return (
    <TextField
      label={t("start.password")}
      type={shown ? "text" : "password"}
      name="password"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={look}
      onKeyUp={look}
      onBlur={() => setCapsLock(false)}
      inputRef={inputRef}
      required
      fullWidth
      autoComplete="current-password"
      helperText={capsLock ? t("start.capsLock") : undefined}
      slotProps={{
        htmlInput: { dir: "ltr", autoCapitalize: "none", spellCheck: false },
        inputLabel: { required: false },
        formHelperText: { "aria-live": "polite" },
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
