import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { CODE } from "../../theme/tokens.ts";
import { useText } from "../../i18n/use.ts";

interface Mistake {
  words: string;
  /** From 0; beyond the end when something is missing there. */
  at: number;
}

interface Props {
  value: string;
  onChange: (text: string) => void;
  onEnter: () => void;
  mistake: Mistake | undefined;
}

/** The filter as text; a mistake is marked where it stands. */
export function FilterText({ value, onChange, onEnter, mistake }: Props) {
  const t = useText();
  return (
    <Box>
      <TextField
        fullWidth
        multiline
        minRows={2}
        maxRows={8}
        label={t("table.filter.text")}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey) return;
          event.preventDefault();
          onEnter();
        }}
        error={mistake !== undefined}
        slotProps={{
          htmlInput: {
            dir: "ltr",
            spellCheck: false,
            maxLength: 4000,
            "aria-describedby": "filter-mistake",
            style: { fontFamily: CODE },
          },
        }}
      />
      <Box id="filter-mistake" role="alert" sx={{ mt: 1 }}>
        {mistake && <Marked value={value} mistake={mistake} />}
      </Box>
      <Typography color="textSecondary" variant="caption">
        {t("table.filter.help")}{" "}
        <Link href="/docs" target="_blank" rel="noreferrer">
          {t("table.filter.helpLink")}
        </Link>
      </Typography>
    </Box>
  );
}

function Marked({ value, mistake }: { value: string; mistake: Mistake }) {
  const { words, at } = mistake;
  const fault = value.slice(at).match(/^[^\s()]+|^./)?.[0] ?? "\u00a0";
  return (
    <>
      <Box
        component="code"
        dir="ltr"
        sx={{ display: "block", whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}
      >
        {value.slice(Math.max(0, at - 40), at)}
        <Box
          component="mark"
          sx={({ tokens }) => ({
            background: tokens.badTint,
            color: tokens.bad,
            boxShadow: `inset 0 -2px 0 ${tokens.bad}`,
          })}
        >
          {fault}
        </Box>
        {value.slice(at + fault.length, at + fault.length + 20)}
      </Box>
      <Typography sx={{ color: "error.main" }} dir="auto">
        {words}
      </Typography>
    </>
  );
}
