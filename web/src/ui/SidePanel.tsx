import Box from "@mui/material/Box";
import Drawer from "@mui/material/Drawer";
import IconButton from "@mui/material/IconButton";
import Typography from "@mui/material/Typography";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useText } from "../i18n/use.ts";

interface Props {
  open: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** A record beside a table, without losing the place; the whole screen at telephone width. */
export function SidePanel({ open, title, onClose, children }: Props) {
  const t = useText();
  return (
    // MUI turns "right" round in right-to-left.
    <Drawer
      anchor="right"
      open={open}
      onClose={onClose}
      slotProps={{ paper: { "aria-labelledby": "side-panel-title", sx: { width: { xs: "100%", sm: 440 } } } }}
    >
      <Box
        sx={{
          display: "flex",
          alignItems: "center",
          gap: 2,
          px: 4,
          py: 3,
          borderBlockEnd: 1,
          borderColor: "divider",
        }}
      >
        <Typography id="side-panel-title" variant="h1" component="h2" sx={{ flex: 1, minWidth: 0 }}>
          <bdi>{title}</bdi>
        </Typography>
        <IconButton onClick={onClose} aria-label={t("common.close")}>
          <X size={18} />
        </IconButton>
      </Box>
      <Box sx={{ p: 4 }}>{children}</Box>
    </Drawer>
  );
}
