// Objects × actions. A table with sticky head and first column; at telephone width one part an object.
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useTheme } from "@mui/material/styles";
import type { ReactNode } from "react";
import { useText } from "../../i18n/use.ts";
import type { RightObject } from "./data.ts";
import { columns } from "./matrix.ts";
import { actionName, objectName } from "./names.ts";

interface Props {
  label: string;
  objects: readonly RightObject[];
  cell: (object: string, action: string) => ReactNode;
}

export function Matrix({ label, objects, cell }: Props) {
  const theme = useTheme();
  const narrow = useMediaQuery(theme.breakpoints.down("md"));
  return narrow ? (
    <ByObject label={label} objects={objects} cell={cell} />
  ) : (
    <Wide label={label} objects={objects} cell={cell} />
  );
}

function Wide({ label, objects, cell }: Props) {
  const t = useText();
  const { tokens } = useTheme();
  const actions = columns(objects);
  const first = { position: "sticky", insetInlineStart: 0, background: tokens.paper, zIndex: 1 } as const;
  return (
    // A region that scrolls is reached by keyboard, too.
    <TableContainer
      component={Card}
      tabIndex={0}
      role="region"
      aria-label={label}
      sx={{ maxHeight: "70dvh" }}
    >
      <Table stickyHeader size="small" aria-label={label}>
        <TableHead>
          <TableRow>
            <TableCell sx={{ ...first, zIndex: 3 }}>{t("admin.matrix.object")}</TableCell>
            {actions.map((action) => (
              <TableCell key={action} scope="col">
                {actionName(t, action)}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {objects.map(({ object, actions: mine }) => (
            <TableRow key={object} hover>
              <TableCell component="th" scope="row" sx={{ ...first, fontWeight: 500, whiteSpace: "nowrap" }}>
                {objectName(t, object)}
              </TableCell>
              {actions.map((action) => (
                <TableCell key={action} sx={{ px: 1 }}>
                  {mine.includes(action) && cell(object, action)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function ByObject({ label, objects, cell }: Props) {
  const t = useText();
  return (
    <Box role="group" aria-label={label} sx={{ display: "grid", gap: 3 }}>
      {objects.map(({ object, actions }) => (
        <Card key={object} component="section" sx={{ px: 4, py: 3 }}>
          <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
            {objectName(t, object)}
          </Typography>
          {columns([{ object, actions }]).map((action) => (
            <Box
              key={action}
              sx={{
                display: "flex",
                alignItems: "center",
                justifyContent: "space-between",
                gap: 2,
                minHeight: 44,
              }}
            >
              <span>{actionName(t, action)}</span>
              {cell(object, action)}
            </Box>
          ))}
        </Card>
      ))}
    </Box>
  );
}
