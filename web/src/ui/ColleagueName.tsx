import Skeleton from "@mui/material/Skeleton";
import { PersonAvatar } from "./PersonAvatar.tsx";
import { useColleague } from "./useColleague.ts";

/** A colleague by name. */
export function ColleagueName({ id, avatar = false }: { id: string; avatar?: boolean }) {
  const colleague = useColleague(id);
  if (!colleague) return <Skeleton variant="text" width={96} sx={{ display: "inline-block" }} />;
  return <PersonName name={colleague.displayName} avatar={avatar} />;
}

/** A person by the name one knows already. */
export function PersonName({ name, avatar = false }: { name: string; avatar?: boolean }) {
  if (!avatar) return <bdi>{name}</bdi>;
  return (
    <span className="person">
      <PersonAvatar name={name} size={20} />
      <bdi>{name}</bdi>
    </span>
  );
}
