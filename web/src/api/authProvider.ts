// react-admin's view of our session and rights.
import type { AuthProvider } from "ra-core";
import { may } from "../session/rights.ts";
import { session, signOut } from "../session/store.ts";
import { ApiError } from "./errors.ts";
import { resources } from "./resources.ts";

const ACTIONS: Record<string, string> = {
  list: "read",
  show: "read",
  create: "create",
  edit: "update",
  delete: "delete",
  export: "export",
};

/** The right that opens a resource: an import is a way to use contacts. */
function rightOf(resource: string, action: string): [string, string] {
  if (resource === "imports") return ["contact", "import"];
  const object = (resources as Record<string, { object: string }>)[resource]?.object ?? resource;
  return [object, ACTIONS[action] ?? action];
}

export const authProvider: AuthProvider = {
  login: () => Promise.resolve(),
  // Signing out is ours: the session's state shows the sign-in page, react-admin has nowhere to lead.
  logout: async () => {
    if (session().state === "signedIn") await signOut();
    return false;
  },
  checkAuth: () => Promise.resolve(),
  // The client has renewed the session or ended it by now; a refusal of a right is shown where it happened.
  checkError: () => Promise.resolve(),
  getPermissions: () => {
    const now = session();
    return Promise.resolve(now.state === "signedIn" ? now.me.rights : []);
  },
  getIdentity: () => {
    const now = session();
    if (now.state !== "signedIn" || !now.me.user)
      return Promise.reject(new ApiError(401, { code: 16, message: "Signed out." }));
    return Promise.resolve({ id: now.me.user.id, fullName: now.me.user.displayName });
  },
  canAccess: ({ resource, action }) => Promise.resolve(may(session(), ...rightOf(resource, action))),
};
