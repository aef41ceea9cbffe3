import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { useTitle } from "../frame/crumbs.ts";
import { NeedsConnection } from "./NeedsConnection.tsx";

interface Props {
  /** Also names the page in the crumbs and the browser's tab. */
  title: string;
  /** A line under the title: what this is, how many there are. */
  about?: ReactNode;
  /** Before the title: an avatar or icon. */
  leading?: ReactNode;
  /** Further actions, quiet ones. */
  extra?: ReactNode;
  /** The page's one main action, a contained button; floats at telephone width. */
  action?: ReactNode;
}

/** The head of every page. */
export function PageHeader({ title, about, leading, extra, action }: Props) {
  useTitle(title);
  return (
    <Stack direction="row" sx={{ alignItems: "center", gap: 3, mb: 4, flexWrap: "wrap" }}>
      {leading}
      {/* What no longer fits beside this much of a title goes below it. */}
      <Box sx={{ flex: 1, minWidth: 150 }}>
        <Typography variant="h1" sx={{ overflowWrap: "anywhere" }}>
          <bdi>{title}</bdi>
        </Typography>
        {about && (
          <Typography color="textSecondary" component="div">
            {about}
          </Typography>
        )}
      </Box>
      {extra}
      {action && (
        <Box
          sx={{
            "@media (max-width: 599.95px)": {
              position: "fixed",
              insetInlineEnd: 16,
              insetBlockEnd: 76,
              zIndex: 10,
              borderRadius: 1,
              boxShadow: 4,
              // While records are selected, the bar of what to do with them has this place.
              "body:has([data-bulk]) &": { display: "none" },
            },
          }}
        >
          <NeedsConnection>{action}</NeedsConnection>
        </Box>
      )}
    </Stack>
  );
}
