// One of the verbs of an account: what it answered, or a toast that says why not.
import { useQueryClient } from "@tanstack/react-query";
import { useNotify } from "ra-core";
import { useState } from "react";
import { call, newId } from "../../api/client.ts";
import { describeError } from "../../i18n/errors.ts";
import type { User } from "./data.ts";

type Action = "deactivate" | "reactivate" | "resetPassword" | "unlock" | "endSessions";

/** `onDone` is called after success and refusal alike: what is shown may be out of date either way. */
export function useUserAction(user: User, onDone: () => void) {
  const notify = useNotify();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);

  const run = async (action: Action, more: object = {}) => {
    setBusy(true);
    try {
      const body = { ...more, requestId: newId() };
      const answer = (await call("POST", `/v1/users/${user.id}:${action}`, { body })) as Record<
        string,
        unknown
      >;
      await client.invalidateQueries({ queryKey: ["users"] });
      await client.invalidateQueries({ queryKey: ["colleagues"] });
      return answer;
    } catch (error) {
      notify(describeError(error), { type: "error" });
      return undefined;
    } finally {
      setBusy(false);
      onDone();
    }
  };
  return { busy, run };
}
