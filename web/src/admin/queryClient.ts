import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/errors.ts";

/** Tries once more when it may help: never after a refusal, which would come again. */
function retry(count: number, error: unknown): boolean {
  return count < 1 && error instanceof ApiError && (error.status === 0 || error.status >= 502);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    // Live updates tell of changes, so an answer stays good; coming back to a page shows it at once and reads again.
    queries: { retry, staleTime: 10_000, refetchOnWindowFocus: false, networkMode: "always" },
    mutations: { retry: false, networkMode: "always" },
  },
});
