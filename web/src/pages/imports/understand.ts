import { type ImportOptions, type Preview, previewImport } from "../../api/imports.ts";

/** How a file would be read. Where nobody said whose telephone numbers it has, its language tells: Persian, Iran. */
export async function understand(
  fileId: string,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<Preview> {
  const found = await previewImport(fileId, options, signal);
  const region = options.region ? "" : homeOf(found.options?.locale ?? "");
  return region ? previewImport(fileId, { ...options, region }, signal) : found;
}

/** The country of a language that comes without one: the server adds the country only where it speaks the language. */
export function homeOf(locale: string): string {
  if (!locale) return "";
  const { language, region } = new Intl.Locale(locale);
  return region ? "" : (new Intl.Locale(language).maximize().region ?? "");
}
