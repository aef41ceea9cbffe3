import IconButton from "@mui/material/IconButton";
import MenuItem from "@mui/material/MenuItem";
import Select from "@mui/material/Select";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { ChevronLeft, ChevronRight, ChevronsLeft } from "lucide-react";
import { formatNumber } from "../format/numbers.ts";
import { useText } from "../i18n/use.ts";
import { PAGE_SIZES, type TableState } from "./state.ts";
import type { Rows } from "./useRows.ts";

/** Pages by key: the next, the one before, and the first. */
export function Pager({ list, state }: { list: Rows<unknown>; state: TableState }) {
  const t = useText();
  if (list.ranked)
    return (
      <Typography color="textSecondary" sx={{ py: 3 }}>
        {t("table.ranked")}
      </Typography>
    );
  return (
    <Box
      component="nav"
      aria-label={t("common.pages")}
      sx={{
        display: "flex",
        alignItems: "center",
        justifyContent: "flex-end",
        flexWrap: "wrap",
        gap: 2,
        pt: 2,
      }}
    >
      <Select
        size="small"
        value={state.pageSize}
        onChange={({ target }) => state.set({ pageSize: Number(target.value) })}
        inputProps={{ "aria-label": t("table.pageSize") }}
        sx={{ height: 32, marginInlineEnd: "auto", "& .MuiSelect-select": { py: 1 } }}
        renderValue={(size) => t("table.perPage", { size: formatNumber(size) })}
      >
        {PAGE_SIZES.map((size) => (
          <MenuItem key={size} value={size}>
            {formatNumber(size)}
          </MenuItem>
        ))}
      </Select>
      {state.page > 2 && (
        <IconButton onClick={() => state.set({ page: 1 })} aria-label={t("table.firstPage")}>
          <ChevronsLeft className="mirror" size={16} />
        </IconButton>
      )}
      <Button
        variant="outlined"
        disabled={!list.hasPrevious}
        onClick={() => state.set({ page: state.page - 1 })}
        startIcon={<ChevronLeft className="mirror" size={16} />}
      >
        {t("common.previous")}
      </Button>
      <Typography color="textSecondary" aria-live="polite">
        {t("common.page", { page: formatNumber(state.page) })}
      </Typography>
      <Button
        variant="outlined"
        disabled={!list.hasNext || list.old}
        onClick={() => state.set({ page: state.page + 1 })}
        endIcon={<ChevronRight className="mirror" size={16} />}
      >
        {t("common.next")}
      </Button>
    </Box>
  );
}
