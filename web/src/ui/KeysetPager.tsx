import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useListPaginationContext } from "ra-core";
import { formatNumber } from "../format/numbers.ts";
import { useText } from "../i18n/use.ts";

/** Next and previous page of a list: with keyset paging there is no jump, and every page is as fast as the first. */
export function KeysetPager() {
  const t = useText();
  const { page, setPage, hasNextPage, hasPreviousPage } = useListPaginationContext();
  if (!hasNextPage && !hasPreviousPage) return null;
  return (
    <Stack
      component="nav"
      aria-label={t("common.pages")}
      direction="row"
      sx={{ alignItems: "center", justifyContent: "flex-end", gap: 2, p: 2 }}
    >
      <Button
        variant="outlined"
        disabled={!hasPreviousPage}
        onClick={() => setPage(page - 1)}
        startIcon={<ChevronLeft className="mirror" size={16} />}
      >
        {t("common.previous")}
      </Button>
      <Typography color="textSecondary" aria-live="polite">
        {t("common.page", { page: formatNumber(page) })}
      </Typography>
      <Button
        variant="outlined"
        disabled={!hasNextPage}
        onClick={() => setPage(page + 1)}
        endIcon={<ChevronRight className="mirror" size={16} />}
      >
        {t("common.next")}
      </Button>
    </Stack>
  );
}
