import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import { useTheme } from "@mui/material/styles";
import { useState } from "react";
import { formatNumber } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { reasonOf } from "./reasons.ts";
import type { Fault } from "./rejected.ts";

const AT_ONCE = 50;
const WIDE = { display: { xs: "none", md: "table-cell" } };

/** Record by record: whom it is about, where the fault stands, what stands there, why it is one. */
export function RejectedTable({ faults }: { faults: readonly Fault[] }) {
  const t = useText();
  const [shown, setShown] = useState(AT_ONCE);
  return (
    <>
      <TableContainer>
        <Table aria-labelledby="rejected-title">
          <TableHead>
            <TableRow>
              <TableCell>{t("imports.rows.record")}</TableCell>
              <TableCell sx={WIDE}>{t("imports.rejected.who")}</TableCell>
              <TableCell sx={WIDE}>{t("imports.rejected.column")}</TableCell>
              <TableCell>{t("imports.rejected.value")}</TableCell>
              <TableCell>{t("imports.rejected.reason")}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {faults.slice(0, shown).map((fault) => (
              <FaultRow key={fault.record} fault={fault} />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      {faults.length > shown && (
        <Box sx={{ p: 3, textAlign: "center" }}>
          <Button variant="outlined" onClick={() => setShown(shown + AT_ONCE)}>
            {t("common.more", { count: Math.min(AT_ONCE, faults.length - shown) })}
          </Button>
        </Box>
      )}
    </>
  );
}

function FaultRow({ fault }: { fault: Fault }) {
  const t = useText();
  const { tokens } = useTheme();
  const columns = fault.columns.join(t("common.listSeparator"));
  return (
    <TableRow hover data-record={fault.record} data-reason={fault.reason}>
      <TableCell component="th" scope="row">
        {formatNumber(fault.record)}
      </TableCell>
      <TableCell sx={WIDE}>
        <bdi>{fault.who}</bdi>
      </TableCell>
      <TableCell sx={WIDE}>
        <bdi>{columns}</bdi>
      </TableCell>
      <TableCell sx={{ overflowWrap: "anywhere" }}>
        {/* Telephone width: whose it is and where it stands are said here. */}
        <Box sx={{ display: { md: "none" }, color: tokens.soft, fontSize: 12 }}>
          <bdi>{columns || fault.who}</bdi>
        </Box>
        <Box component="span" dir="ltr" sx={{ unicodeBidi: "isolate" }}>
          {fault.value}
        </Box>
      </TableCell>
      <TableCell>{reasonOf(t, fault.reason)}</TableCell>
    </TableRow>
  );
}
