import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { Check, CircleAlert, Dot } from "lucide-react";
import Box from "@mui/material/Box";
import { useNotify } from "ra-core";
import { type FormEvent, useId, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { ApiError } from "../../api/errors.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { NewPasswordField } from "./NewPasswordField.tsx";
import { brokenRules, RULES } from "./password.ts";

interface Props {
  email: string;
  /** After it was changed; without it a toast says so. */
  onChanged?: () => Promise<void>;
  /** Another word on the button. */
  submit?: string;
}

interface Wrong {
  current?: string;
  next?: string;
  again?: string;
  form?: string;
}

/** My new password, with its rules, and what is wrong where it is wrong. */
export function ChangePassword({ email, onChanged, submit }: Props) {
  const t = useText();
  const notify = useNotify();
  const client = useQueryClient();
  const rules = useId();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);

  const check = (): Wrong => ({
    ...(!current && { current: t("errors.FIELD_REQUIRED") }),
    ...(brokenRules(next, current, email).length > 0 && { next: t("profile.password.rulesBroken") }),
    ...(again !== next && { again: t("profile.password.notSame") }),
  });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const found = check();
    setWrong(found);
    if (Object.keys(found).length) return;
    setBusy(true);
    try {
      await api.POST("/v1/me:changePassword", { body: { currentPassword: current, newPassword: next } });
      setCurrent("");
      setNext("");
      setAgain("");
      if (onChanged) await onChanged();
      else notify(t("profile.password.changed"));
      void client.invalidateQueries({ queryKey: ["sessions"] });
    } catch (error) {
      setWrong(refusal(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack component="form" noValidate onSubmit={(event) => void save(event)} sx={{ gap: 4, maxWidth: 420 }}>
      {wrong.form && (
        <Alert severity="error" icon={<CircleAlert size={18} />} role="alert">
          {wrong.form}
        </Alert>
      )}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <NewPasswordField
        label={t("profile.password.current")}
        value={current}
        onChange={setCurrent}
        error={wrong.current}
        autoComplete="current-password"
      />
      <div>
        <NewPasswordField
          label={t("profile.password.new")}
          value={next}
          onChange={setNext}
          error={wrong.next}
          autoComplete="new-password"
          describedBy={rules}
        />
        <Rules id={rules} broken={next ? brokenRules(next, current, email) : undefined} />
      </div>
      <NewPasswordField
        label={t("profile.password.again")}
        value={again}
        onChange={setAgain}
        error={wrong.again}
        autoComplete="new-password"
      />
      <Button type="submit" variant="contained" loading={busy} sx={{ alignSelf: "flex-start" }}>
        {submit ?? t("profile.password.change")}
      </Button>
    </Stack>
  );
}

/** At the field it is about, else above the form. */
function refusal(error: unknown): Wrong {
  if (!(error instanceof ApiError)) throw error;
  if (error.reason === "PASSWORD_WRONG") return { current: describeError(error) };
  if (error.reason === "PASSWORD_WEAK") return { next: describeError(error) };
  return { form: describeError(error) };
}

/** Ticked off while one types; undefined: nothing typed yet. */
function Rules({ id, broken }: { id: string; broken: string[] | undefined }) {
  const t = useText();
  return (
    <Box component="ul" id={id} sx={{ listStyle: "none", m: 0, mt: 2, p: 0, fontSize: 12 }}>
      {RULES.map((rule) => {
        const kept = broken && !broken.includes(rule);
        const Icon = kept ? Check : Dot;
        return (
          <Box
            component="li"
            key={rule}
            sx={{
              display: "flex",
              alignItems: "center",
              gap: 1,
              color: kept ? "success.main" : "text.secondary",
            }}
          >
            <Icon size={14} aria-hidden /> {t(`profile.password.rules.${rule}`)}
          </Box>
        );
      })}
    </Box>
  );
}
