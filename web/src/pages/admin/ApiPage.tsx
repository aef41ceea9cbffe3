// For those who write programs against us: the documentation, and the first request.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import Tooltip from "@mui/material/Tooltip";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import { BookOpen, Check, Copy, Download } from "lucide-react";
import { useState } from "react";
import { useText } from "../../i18n/use.ts";
import { useSession } from "../../session/store.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { Tabs } from "./Tabs.tsx";

export default function ApiPage() {
  const t = useText();
  const session = useSession();
  const email = (session.state === "signedIn" && session.me.user?.email) || "";
  const host = location.origin;
  return (
    <>
      <PageHeader
        title={t("admin.tabs.api")}
        about={t("admin.api.about")}
        action={
          <Button
            variant="contained"
            href="/docs"
            target="_blank"
            rel="noreferrer"
            startIcon={<BookOpen size={16} />}
          >
            {t("admin.api.docs")}
          </Button>
        }
      />
      <Tabs current="api" />
      <Stack sx={{ gap: 4, maxWidth: 760 }}>
        <Step
          title={t("admin.api.token")}
          about={t("admin.api.tokenAbout")}
          code={`curl ${host}/auth/signIn \\\n  -H 'content-type: application/json' \\\n  -d '{"email": "${email}", "password": "…", "transport": "token"}'`}
        />
        <Step
          title={t("admin.api.request")}
          about={t("admin.api.requestAbout")}
          code={`curl '${host}/v1/contacts?pageSize=5' \\\n  -H "authorization: Bearer $TOKEN"`}
        />
        <Step
          title={t("admin.api.renew")}
          about={t("admin.api.renewAbout")}
          code={`curl ${host}/auth/refresh \\\n  -H 'content-type: application/json' \\\n  -d "{\\"refreshToken\\": \\"$REFRESH_TOKEN\\"}"`}
        />
        <Card sx={{ p: 4 }}>
          <Typography variant="h2">{t("admin.api.clients")}</Typography>
          <Typography color="textSecondary" sx={{ mb: 3 }}>
            {t("admin.api.clientsAbout")}
          </Typography>
          <Button variant="outlined" href="/openapi.json" download startIcon={<Download size={16} />}>
            {t("admin.api.openapi")}
          </Button>
        </Card>
      </Stack>
    </>
  );
}

function Step({ title, about, code }: { title: string; about: string; code: string }) {
  const t = useText();
  const { tokens } = useTheme();
  const [copied, setCopied] = useState(false);
  const label = copied ? t("admin.password.copied") : t("admin.password.copy");
  const copy = () => navigator.clipboard.writeText(code).then(() => setCopied(true));
  return (
    <Card component="section" sx={{ p: 4 }}>
      <Typography variant="h2">{title}</Typography>
      <Typography color="textSecondary" sx={{ mb: 3 }}>
        {about}
      </Typography>
      <Box sx={{ position: "relative" }}>
        <Box
          component="pre"
          dir="ltr"
          tabIndex={0}
          role="region"
          aria-label={title}
          sx={{
            m: 0,
            p: 3,
            paddingInlineEnd: 12,
            borderRadius: 1,
            background: tokens.tint,
            overflowX: "auto",
            fontSize: 12,
          }}
        >
          <code>{code}</code>
        </Box>
        <Tooltip title={label}>
          <IconButton
            onClick={() => void copy()}
            aria-label={label}
            sx={{ position: "absolute", insetBlockStart: 4, insetInlineEnd: 4 }}
          >
            {copied ? <Check size={16} /> : <Copy size={16} />}
          </IconButton>
        </Tooltip>
      </Box>
    </Card>
  );
}
