import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { CircleAlert, Info } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { ApiError } from "../api/errors.ts";
import { describeError } from "../i18n/errors.ts";
import { useText } from "../i18n/use.ts";
import { PasswordField } from "./PasswordField.tsx";
import { signIn, useSession } from "./store.ts";
import { useWait } from "./useWait.ts";

/** Reasons after which another try makes no sense before a while. */
const WAITS = ["LOCKED_OUT", "RATE_LIMITED"];

export function SignInForm() {
  const t = useText();
  const session = useSession();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wait = useWait();
  const passwordInput = useRef<HTMLInputElement>(null);
  const emailInput = useRef<HTMLInputElement>(null);
  useEffect(() => {
    emailInput.current?.focus();
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!email.trim()) return emailInput.current?.focus();
    if (!password) return passwordInput.current?.focus();
    setBusy(true);
    setError(null);
    try {
      await signIn(email.trim(), password);
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
      if (refusal instanceof ApiError && WAITS.includes(refusal.reason)) wait.start(refusal.retryAfter ?? 60);
      else passwordInput.current?.select();
    }
  };

  const ended = session.state === "signedOut" && session.ended && !error;
  const locked = wait.seconds > 0;
  return (
    <Stack component="form" noValidate onSubmit={(event) => void submit(event)} sx={{ gap: 4 }}>
      <div aria-live="polite">
        {ended && (
          <Alert severity="info" icon={<Info size={18} />}>
            {t("start.ended")}
          </Alert>
        )}
        {error !== null && (
          <Alert severity="error" icon={<CircleAlert size={18} />} role="alert">
            {locked ? t("start.locked", { seconds: wait.seconds }) : describeError(error)}
          </Alert>
        )}
      </div>
      <TextField
        label={t("start.email")}
        type="email"
        name="email"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        inputRef={emailInput}
        required
        fullWidth
        autoComplete="username"
        slotProps={{
          htmlInput: { dir: "ltr", inputMode: "email", autoCapitalize: "none", spellCheck: false },
          inputLabel: { required: false },
        }}
      />
      <PasswordField value={password} onChange={setPassword} inputRef={passwordInput} />
      <Button type="submit" variant="contained" size="large" fullWidth loading={busy} disabled={locked}>
        {t("start.signIn")}
      </Button>
    </Stack>
  );
}
