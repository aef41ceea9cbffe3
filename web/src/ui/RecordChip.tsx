import Link from "@mui/material/Link";
import { Link as RouterLink } from "react-router";
import { PersonAvatar } from "./PersonAvatar.tsx";
import { recordPath } from "./paths.ts";

interface Props {
  resource: string;
  id: string;
  name: string;
  /** Without the initials before the name. */
  plain?: boolean;
}

/** A record by its name, to press. */
export function RecordChip({ resource, id, name, plain = false }: Props) {
  return (
    <Link
      component={RouterLink}
      to={recordPath(resource, id)}
      color="textPrimary"
      sx={{ display: "inline-flex", alignItems: "center", gap: 2, minWidth: 0, fontWeight: 500 }}
    >
      {!plain && <PersonAvatar name={name} size={24} />}
      <bdi>{name}</bdi>
    </Link>
  );
}
