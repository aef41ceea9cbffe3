import Skeleton from "@mui/material/Skeleton";
import { PersonAvatar } from "./PersonAvatar.tsx";
import Box from "@mui/material/Box";
import { useColleague } from "./useColleague.ts";

/** A colleague by name. */
export function ColleagueName({ id, avatar = false }: { id: string; avatar?: boolean }) {
  const colleague = useColleague(id);
  if (!colleague) return <Skeleton variant="text" width={96} sx={{ display: "inline-block" }} />;
  if (!avatar) return <bdi>{colleague.displayName}</bdi>;
  return (
    <Box component="span" sx={{ display: "inline-flex", alignItems: "center", gap: 1.5 }}>
      <PersonAvatar name={colleague.displayName} size={20} />
      <bdi>{colleague.displayName}</bdi>
    </Box>
  );
}
