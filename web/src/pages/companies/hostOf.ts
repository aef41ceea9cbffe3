/** The host name in what somebody typed or pasted ("https://www.example.com/about"), in lower case and ASCII; empty when
 * there is none yet. */
export function hostOf(typed: string): string {
  const address = typed.trim();
  try {
    const { hostname } = new URL(address.includes("//") ? address : `https://${address}`);
    return /^([a-z0-9-]+\.)+[a-z0-9-]+$/.test(hostname) ? hostname : "";
  } catch {
    return "";
  }
}
