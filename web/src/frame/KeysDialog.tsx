import Box from "@mui/material/Box";
import Dialog from "@mui/material/Dialog";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { useTheme } from "@mui/material/styles";
import { useText } from "../i18n/use.ts";
import { usePlaces } from "./places.ts";

/** The keys of the whole app; those of a page stand at their buttons. */
export default function KeysDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const rows: [string, string[]][] = [
    [t("frame.keys.palette"), ["Ctrl", "K"]],
    [t("frame.keys.help"), ["?"]],
    ...usePlaces().map(({ name, letter }): [string, string[]] => [
      t("frame.keys.go", { place: t(name) }),
      ["g", letter],
    ]),
    [t("frame.keys.close"), ["Esc"]],
  ];
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="keys-title">
      <DialogTitle id="keys-title">{t("frame.keys.title")}</DialogTitle>
      <DialogContent>
        <Box component="dl" sx={{ display: "grid", gridTemplateColumns: "1fr auto", gap: 3, m: 0 }}>
          {rows.map(([what, keys]) => (
            <Row key={what} what={what} keys={keys} />
          ))}
        </Box>
      </DialogContent>
    </Dialog>
  );
}

function Row({ what, keys }: { what: string; keys: string[] }) {
  const { tokens } = useTheme();
  const key = {
    fontFamily: "inherit",
    fontSize: 12,
    border: 1,
    borderColor: tokens.line,
    background: tokens.tint,
    borderRadius: 1,
    px: 2,
    py: 0.5,
  };
  return (
    <>
      <Box component="dt">{what}</Box>
      <Box component="dd" dir="ltr" sx={{ m: 0, display: "flex", gap: 1 }}>
        {keys.map((one) => (
          <Box component="kbd" key={one} sx={key}>
            {one}
          </Box>
        ))}
      </Box>
    </>
  );
}
