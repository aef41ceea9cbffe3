// What the person may do. The server decides; this only spares people buttons that would be refused.
import { useSession, type Session } from "./store.ts";

/** Whether any scope of the right is given: may("contact", "create"). */
export function may(session: Session, object: string, action: string): boolean {
  if (session.state !== "signedIn") return false;
  return session.me.rights.some(
    (right) => right.object === object && right.action === action && right.scope !== "SCOPE_NONE",
  );
}

/** How far a right reaches; undefined when it is not given. */
export function useScope(object: string, action: string): string | undefined {
  const session = useSession();
  if (session.state !== "signedIn") return undefined;
  const right = session.me.rights.find((one) => one.object === object && one.action === action);
  return right && right.scope !== "SCOPE_NONE" ? right.scope : undefined;
}

export function useMay(): (object: string, action: string) => boolean {
  const session = useSession();
  return (object, action) => may(session, object, action);
}
