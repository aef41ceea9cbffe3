import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { formatCount } from "../format/numbers.ts";

interface Props {
  title: string;
  count?: number | undefined;
  capped?: boolean;
  /** Shown when there is nothing: an invitation, in a line. */
  empty: string;
  action?: ReactNode;
  children?: ReactNode;
}

/** What belongs to a record: a small card with a count. */
export function RelatedCard({ title, count, capped = false, empty, action, children }: Props) {
  return (
    <Card component="section" aria-label={title} sx={{ px: 4, py: 3 }}>
      <Stack direction="row" sx={{ alignItems: "center", gap: 2, mb: 2, minHeight: 32 }}>
        <Typography variant="h2">{title}</Typography>
        {Boolean(count) && (
          <Typography color="textSecondary" component="span">
            {formatCount(count ?? 0, capped)}
          </Typography>
        )}
        <span style={{ flex: 1 }} />
        {action}
      </Stack>
      {count === 0 ? <Typography color="textSecondary">{empty}</Typography> : children}
    </Card>
  );
}
