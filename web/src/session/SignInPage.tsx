// The first thing people see.
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useText } from "../i18n/use.ts";
import { LanguageSwitch } from "./LanguageSwitch.tsx";
import { Mark } from "./Mark.tsx";
import { SignInForm } from "./SignInForm.tsx";

export function SignInPage() {
  const t = useText();
  return (
    <Box sx={{ minHeight: "100dvh", display: "grid", gridTemplateRows: "1fr auto", px: 4, py: 6 }}>
      <Stack component="main" sx={{ width: "100%", maxWidth: 384, m: "auto", gap: 6 }}>
        <Stack direction="row" sx={{ alignItems: "center", gap: 3 }}>
          <Mark size={36} />
          <Typography component="span" sx={{ fontSize: 18, fontWeight: 650 }}>
            {t("start.product")}
          </Typography>
        </Stack>
        <Box>
          <Typography
            component="h1"
            sx={{ fontSize: 26, fontWeight: 650, lineHeight: 1.4, letterSpacing: 0 }}
          >
            {t("start.title")}
          </Typography>
          <Typography color="textSecondary" sx={{ mt: 1 }}>
            {t("start.subtitle")}
          </Typography>
        </Box>
        <SignInForm />
      </Stack>
      <Stack component="footer" sx={{ alignItems: "center", pt: 8 }}>
        <LanguageSwitch />
      </Stack>
    </Box>
  );
}
