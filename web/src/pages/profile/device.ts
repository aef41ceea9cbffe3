// Which program somebody is signed in with, from what it says of itself.
const BROWSERS: [string, RegExp][] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ["Opera", /\bOPR\/(\d+)/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /\b(?:HeadlessChrome|Chrome|CriOS|Chromium)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+).*Safari/],
];
const SYSTEMS: [string, RegExp][] = [
  ["Android", /Android/],
  ["iOS", /iPhone|iPad|iPod/],
  ["Windows", /Windows/],
  ["macOS", /Mac OS X|Macintosh/],
  ["Linux", /Linux|X11/],
];

/** "Firefox 131" and "Windows"; empty where it cannot be told. Other programs by their first word: "curl". */
export function device(userAgent: string): { program: string; system: string; handheld: boolean } {
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? "";
  const handheld = system === "Android" || system === "iOS";
  for (const [name, pattern] of BROWSERS) {
    const found = pattern.exec(userAgent);
    if (found) return { program: `${name} ${found[1] ?? ""}`.trim(), system, handheld };
  }
  return { program: userAgent.split(/[\s/]/)[0] ?? "", system, handheld };
}
