import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import { useText } from "../i18n/use.ts";

/** Tags as typed; beyond `most`, how many more. */
export function TagList({ tags, most = 50 }: { tags: readonly string[]; most?: number }) {
  const t = useText();
  const more = tags.length - most;
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
      {tags.slice(0, most).map((tag) => (
        <Chip key={tag} size="small" label={<bdi>{tag}</bdi>} />
      ))}
      {more > 0 && <Chip size="small" variant="outlined" label={t("common.more", { count: more })} />}
    </Stack>
  );
}
