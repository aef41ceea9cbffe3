// What the person may do. The server decides; this only spares people buttons that would be refused.
import { useSession, type Session } from "./store.ts";

/** Whether any scope of the right is given: may("contact", "create"). */
export function may(session: Session, object: string, action: string): boolean {
  if (session.state !== "signedIn") return false;
  return session.me.rights.some(
    (right) => right.object === object && right.action === action && right.scope !== "SCOPE_NONE",
  );
}

export function useMay(): (object: string, action: string) => boolean {
  const session = useSession();
  return (object, action) => may(session, object, action);
}
