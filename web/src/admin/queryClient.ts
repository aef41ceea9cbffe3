import { QueryClient } from "@tanstack/react-query";
import { online } from "../api/connection.ts";
import { ApiError } from "../api/errors.ts";

/** Tries once more when it may help: never after a refusal, which would come again. */
function retry(count: number, error: unknown): boolean {
  return count < 1 && error instanceof ApiError && (error.status === 0 || error.status >= 502);
}

/** Milliseconds for which an answer stays good; without a network, what is there stays as it is. */
const FRESH = 10_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    // Live updates tell of changes, so an answer stays good; coming back to a page shows it at once and reads again.
    queries: {
      retry,
      staleTime: () => (online() ? FRESH : Infinity),
      refetchOnWindowFocus: false,
      networkMode: "always",
    },
    mutations: { retry: false, networkMode: "always" },
  },
});
