import Skeleton from "@mui/material/Skeleton";
import Stack from "@mui/material/Stack";
import { useText } from "../i18n/use.ts";

/** The shape of a page while its code or its data comes. */
export function PageSkeleton() {
  const t = useText();
  return (
    <Stack role="status" aria-label={t("start.loading")} sx={{ gap: 2 }}>
      <Skeleton variant="rounded" width="30%" height={28} />
      {Array.from({ length: 8 }, (_, row) => (
        <Skeleton key={row} variant="rounded" height={36} />
      ))}
    </Stack>
  );
}
