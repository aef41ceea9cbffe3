import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import Box from "@mui/material/Box";
import type { ReactNode } from "react";

interface Props {
  title: string;
  about?: string;
  /** Beside the title, at the end. */
  action?: ReactNode;
  children: ReactNode;
}

/** One part of a page of settings. */
export function Section({ title, about, action, children }: Props) {
  return (
    <Card component="section" aria-label={title} sx={{ p: { xs: 4, sm: 5 } }}>
      <Stack direction="row" sx={{ alignItems: "flex-start", gap: 3, mb: 4, flexWrap: "wrap" }}>
        <Box sx={{ flex: 1, minWidth: 200 }}>
          <Typography variant="h2">{title}</Typography>
          {about && <Typography color="textSecondary">{about}</Typography>}
        </Box>
        {action}
      </Stack>
      {children}
    </Card>
  );
}

interface SettingProps {
  /** Id of the control; that of its name is this and "-name". */
  id: string;
  name: string;
  /** What the choice does now. */
  about?: string;
  children: ReactNode;
}

/** A setting: its name and what it does at the start, its control at the end; below each other when narrow. */
export function Setting({ id, name, about, children }: SettingProps) {
  return (
    <Box
      sx={{
        display: "grid",
        gridTemplateColumns: { xs: "1fr", sm: "1fr minmax(0, 280px)" },
        alignItems: "center",
        gap: { xs: 1, sm: 4 },
        py: 2,
      }}
    >
      <div>
        <Typography
          component="label"
          htmlFor={id}
          id={`${id}-name`}
          sx={{ fontWeight: 500, display: "block" }}
        >
          {name}
        </Typography>
        {about && (
          <Typography variant="caption" color="textSecondary" component="div">
            {about}
          </Typography>
        )}
      </div>
      {children}
    </Box>
  );
}
