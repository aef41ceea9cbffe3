// Files that the browser saves by itself.
import { api } from "./client.ts";

/** Lets the browser save what an address of the API answers. Throws ApiError when the session is over. */
export async function download(path: string, query: Record<string, string>): Promise<void> {
  // The browser asks with the cookies alone: an access token that has run out is renewed first.
  await api.GET("/v1/me");
  const link = document.createElement("a");
  link.href = `${path}?${new URLSearchParams(query).toString()}`;
  link.download = "";
  link.click();
}
