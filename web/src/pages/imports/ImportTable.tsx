import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import { Link as RouterLink } from "react-router";
import type { Import } from "../../api/imports.ts";
import { formatNumber } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { recordPath } from "../../ui/paths.ts";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { ImportedBy } from "./ImportAbout.tsx";
import { ImportState } from "./ImportState.tsx";
import { type Count, countsOf } from "./state.ts";

const WIDE = { display: { xs: "none", md: "table-cell" } };
const FIGURE = { ...WIDE, textAlign: "end", fontVariantNumeric: "tabular-nums" };
const COUNTS: readonly Count[] = ["created", "updated", "unchanged", "rejected"];

export function ImportTable({ imports }: { imports: readonly Import[] }) {
  const t = useText();
  return (
    <TableContainer>
      <Table aria-label={t("imports.title")}>
        <TableHead>
          <TableRow>
            <TableCell>{t("imports.list.file")}</TableCell>
            <TableCell>{t("imports.list.state")}</TableCell>
            {COUNTS.map((count) => (
              <TableCell key={count} sx={FIGURE}>
                {t(`imports.counts.${count}`)}
              </TableCell>
            ))}
            <TableCell sx={WIDE}>{t("imports.list.who")}</TableCell>
            <TableCell sx={WIDE}>{t("imports.list.when")}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {imports.map((found) => (
            <ImportRow key={found.id} found={found} />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function ImportRow({ found }: { found: Import }) {
  const t = useText();
  const counts = countsOf(found);
  return (
    <TableRow hover>
      <TableCell component="th" scope="row" sx={{ overflowWrap: "anywhere" }}>
        <Link
          component={RouterLink}
          to={recordPath("imports", found.id)}
          color="textPrimary"
          sx={{ fontWeight: 500 }}
        >
          <bdi>{found.filename}</bdi>
        </Link>
        <Box sx={{ display: { md: "none" }, color: "text.secondary", fontSize: 12, fontWeight: 400 }}>
          {found.createTime && <RelativeTime value={found.createTime} />}
        </Box>
      </TableCell>
      <TableCell>
        <ImportState found={found} />
        <Box sx={{ display: { md: "none" }, color: "text.secondary", fontSize: 12 }}>
          {t("imports.list.counts", counts)}
        </Box>
      </TableCell>
      {COUNTS.map((count) => (
        <TableCell key={count} sx={FIGURE}>
          {formatNumber(counts[count])}
        </TableCell>
      ))}
      <TableCell sx={WIDE}>
        <ImportedBy userId={found.createdBy} />
      </TableCell>
      <TableCell sx={WIDE}>{found.createTime && <RelativeTime value={found.createTime} />}</TableCell>
    </TableRow>
  );
}
