import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface Props {
  icon: LucideIcon;
  title: string;
  /** What to do now, in a sentence. */
  body?: string;
  action?: ReactNode;
}

/** Nothing here, or nothing right: what that means, and the next step. */
export function EmptyState({ icon: Icon, title, body, action }: Props) {
  return (
    <Stack
      sx={{ alignItems: "center", textAlign: "center", py: 16, px: 4, gap: 2, maxWidth: 440, mx: "auto" }}
    >
      <Box sx={{ color: "text.secondary", mb: 2 }}>
        <Icon size={32} strokeWidth={1.5} aria-hidden />
      </Box>
      <Typography variant="h1" component="h2">
        {title}
      </Typography>
      {body && <Typography color="textSecondary">{body}</Typography>}
      {action && (
        <Stack direction="row" sx={{ gap: 2, mt: 3, flexWrap: "wrap", justifyContent: "center" }}>
          {action}
        </Stack>
      )}
    </Stack>
  );
}
