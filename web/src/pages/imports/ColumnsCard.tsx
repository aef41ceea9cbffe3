import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import { CircleHelp, CircleCheck, Plus, TriangleAlert, UserCheck, X } from "lucide-react";
import { useText } from "../../i18n/use.ts";
import { FieldSelect } from "./FieldSelect.tsx";
import type { Certainty, Column } from "./mapping.ts";

interface Props {
  columns: readonly Column[];
  onChoose: (column: string, field: string) => void;
}

/** Each column of the file, what stands in it, and the field it feeds. */
export function ColumnsCard({ columns, onChoose }: Props) {
  const t = useText();
  return (
    <Card component="section" aria-labelledby="columns-title" sx={{ p: 4 }}>
      <Typography id="columns-title" variant="h2">
        {t("imports.columns.title")}
      </Typography>
      <Typography color="textSecondary" sx={{ mb: 2 }}>
        {t("imports.columns.about")}
      </Typography>
      <Box component="ul" sx={{ listStyle: "none", p: 0, m: 0 }}>
        {columns.map((column) => (
          <ColumnRow key={column.name} column={column} onChoose={(field) => onChoose(column.name, field)} />
        ))}
      </Box>
    </Card>
  );
}

function ColumnRow({ column, onChoose }: { column: Column; onChoose: (field: string) => void }) {
  const { tokens } = useTheme();
  const { name, samples, field } = column;
  const t = useText();
  return (
    <Box
      component="li"
      sx={{
        display: "grid",
        gridTemplateColumns: { xs: "1fr auto", md: "minmax(0, 5fr) minmax(0, 4fr) 168px" },
        columnGap: 4,
        rowGap: 2,
        alignItems: "center",
        py: 3,
        borderBlockStart: `1px solid ${tokens.line}`,
        opacity: field ? 1 : 0.85,
      }}
    >
      <Box sx={{ minWidth: 0 }}>
        <Typography sx={{ fontWeight: 600, overflowWrap: "anywhere" }}>
          <bdi>{name}</bdi>
        </Typography>
        <Typography variant="caption" color="textSecondary" component="div" sx={{ overflowWrap: "anywhere" }}>
          {samples.length
            ? samples.map((sample, place) => (
                <span key={sample}>
                  {place > 0 && t("common.listSeparator")}
                  <bdi>{shortened(sample)}</bdi>
                </span>
              ))
            : t("imports.columns.empty")}
        </Typography>
      </Box>
      <Box sx={{ gridColumn: { xs: "1 / -1", md: "auto" }, gridRow: { xs: 2, md: "auto" } }}>
        <FieldSelect column={column} onChoose={onChoose} />
      </Box>
      <Sureness certainty={column.certainty} />
    </Box>
  );
}

const LONGEST_SAMPLE = 40;

function shortened(text: string): string {
  const letters = [...text];
  return letters.length > LONGEST_SAMPLE ? `${letters.slice(0, LONGEST_SAMPLE).join("")}…` : text;
}

const ICONS = {
  sure: CircleCheck,
  likely: CircleCheck,
  guess: TriangleAlert,
  chosen: UserCheck,
  new: Plus,
  out: X,
} satisfies Record<Certainty, typeof CircleHelp>;

function Sureness({ certainty }: { certainty: Certainty }) {
  const t = useText();
  const { tokens } = useTheme();
  const Icon = ICONS[certainty];
  const ink =
    { sure: tokens.good, likely: tokens.info, guess: tokens.warn }[certainty as string] ?? tokens.soft;
  return (
    <Box
      sx={{
        display: "flex",
        alignItems: "center",
        gap: 1.5,
        color: ink,
        fontSize: 12,
        gridColumn: { xs: 2, md: 3 },
        gridRow: 1,
        alignSelf: { xs: "start", md: "center" },
      }}
    >
      <Icon size={14} aria-hidden />
      {t(`imports.certainty.${certainty}`)}
    </Box>
  );
}
