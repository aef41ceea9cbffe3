import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import type { Preview } from "../../api/imports.ts";
import { formatInt64 } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { fieldName } from "./FieldSelect.tsx";
import type { Column } from "./mapping.ts";

/** The first records as they would be read: under each header the field it feeds. */
export function FirstRows({ columns, rows }: { columns: readonly Column[]; rows: Preview["rows"] }) {
  const t = useText();
  const { tokens } = useTheme();
  const first = { position: "sticky", insetInlineStart: 0, bgcolor: "background.paper" } as const;
  return (
    <Card component="section" aria-labelledby="rows-title" sx={{ pt: 4 }}>
      <Typography id="rows-title" variant="h2" sx={{ px: 4, mb: 2 }}>
        {t("imports.rows.title")}
      </Typography>
      {/* Wider than the page: reachable by keyboard, so that it can be scrolled. */}
      <TableContainer tabIndex={0} role="region" aria-labelledby="rows-title" sx={{ maxHeight: 360 }}>
        <Table stickyHeader size="small" aria-labelledby="rows-title">
          <TableHead>
            <TableRow>
              <TableCell sx={{ ...first, zIndex: 3 }}>{t("imports.rows.record")}</TableCell>
              {columns.map(({ name, field }) => (
                <TableCell key={name}>
                  <Box component="span" sx={{ color: tokens.ink }}>
                    <bdi>{name}</bdi>
                  </Box>
                  <Box sx={{ fontWeight: 400 }}>{fieldName(t, field)}</Box>
                </TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {rows.map(({ record, cells }) => (
              <TableRow key={record}>
                <TableCell component="th" scope="row" sx={{ ...first, color: tokens.soft }}>
                  {formatInt64(record)}
                </TableCell>
                {columns.map(({ name, field }, place) => (
                  <TableCell
                    key={name}
                    dir="auto"
                    sx={{
                      textAlign: "match-parent",
                      maxWidth: 240,
                      overflow: "hidden",
                      textOverflow: "ellipsis",
                      whiteSpace: "nowrap",
                      color: field ? tokens.ink : tokens.soft,
                    }}
                  >
                    {cells[place]}
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Card>
  );
}
