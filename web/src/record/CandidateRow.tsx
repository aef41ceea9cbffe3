// A record that may be the one that is being written down.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { Link as RouterLink } from "react-router";
import type { ResourceName } from "../api/resources.ts";
import { useText } from "../i18n/use.ts";
import { PersonAvatar } from "../ui/PersonAvatar.tsx";
import { recordPath } from "../ui/paths.ts";

interface Props {
  resource: ResourceName;
  id: string;
  name: string;
  /** In what it is the same. */
  why: string;
  /** What tells it apart. */
  children: ReactNode;
  action?: ReactNode;
}

export function CandidateRow({ resource, id, name, why, children, action }: Props) {
  const t = useText();
  return (
    <Stack component="li" direction="row" sx={{ gap: 2, flexWrap: "wrap", alignItems: "center" }}>
      <PersonAvatar name={name} size={28} />
      <Box sx={{ flex: 1, minWidth: 140, color: "text.primary" }}>
        <bdi>{name}</bdi>
        <Typography variant="caption" component="div" color="textSecondary">
          {why}
        </Typography>
        <Stack sx={{ alignItems: "flex-start" }}>{children}</Stack>
      </Box>
      <Button
        size="small"
        variant="outlined"
        component={RouterLink}
        to={recordPath(resource, id)}
        aria-label={t("record.duplicates.openNamed", { name: `\u2068${name}\u2069` })}
      >
        {t("record.duplicates.open")}
      </Button>
      {action}
    </Stack>
  );
}

/** Says politely that there may be duplicates; nothing as long as there are none. */
export function Candidates({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box role="status">
      {title && (
        <Alert severity="warning" icon={false} sx={{ "& .MuiAlert-message": { width: 1 } }}>
          <Typography sx={{ fontWeight: 600, mb: 2 }}>{title}</Typography>
          {children}
        </Alert>
      )}
    </Box>
  );
}

export function CandidateRows({ children }: { children: ReactNode }) {
  return (
    <Stack component="ul" sx={{ listStyle: "none", p: 0, m: 0, gap: 3 }}>
      {children}
    </Stack>
  );
}
