// A password that is seen here and nowhere again.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { useTheme } from "@mui/material/styles";
import { Check, Copy, KeyRound } from "lucide-react";
import { useState } from "react";
import { useText } from "../../i18n/use.ts";

export function PasswordOnce({ name, password }: { name: string; password: string }) {
  const t = useText();
  const { tokens } = useTheme();
  const [copied, setCopied] = useState<boolean | undefined>();
  const copy = () =>
    navigator.clipboard.writeText(password).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <Stack sx={{ gap: 3 }}>
      <Alert severity="warning" icon={<KeyRound size={18} />}>
        {t("admin.password.once", { name: `\u2068${name}\u2069` })}
      </Alert>
      <Stack direction="row" sx={{ gap: 2, alignItems: "stretch" }}>
        <Box
          component="output"
          aria-label={t("admin.password.new")}
          dir="ltr"
          sx={{
            flex: 1,
            fontFamily: "ui-monospace, Consolas, monospace",
            fontSize: { xs: 14, sm: 16 },
            px: 3,
            py: 2,
            borderRadius: 1,
            background: tokens.tint,
            userSelect: "all",
            overflowWrap: "anywhere",
          }}
        >
          {password}
        </Box>
        <Button
          variant="outlined"
          startIcon={copied ? <Check size={16} /> : <Copy size={16} />}
          onClick={() => void copy()}
        >
          {copied ? t("admin.password.copied") : t("admin.password.copy")}
        </Button>
      </Stack>
      <Box aria-live="polite" sx={{ fontSize: 12, color: "text.secondary" }}>
        {copied === false && t("admin.password.copyFailed")}
      </Box>
    </Stack>
  );
}
