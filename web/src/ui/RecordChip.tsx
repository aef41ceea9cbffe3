import { Link } from "react-router";
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
    <Link className="link record" to={recordPath(resource, id)}>
      {!plain && <PersonAvatar name={name} size={24} />}
      <bdi>{name}</bdi>
    </Link>
  );
}
