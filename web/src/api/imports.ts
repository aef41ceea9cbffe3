// Files of contacts: sent with their progress, understood, tried out, imported.
import { api, freshSession, newId } from "./client.ts";
import { ApiError } from "./errors.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Import = Schemas["Import"];
export type ImportOptions = Schemas["ImportOptionsInput"];
export type Mapping = Schemas["ColumnMapping"];
export type Mode = Schemas["ImportOptionsMode"];
export type Quoting = Schemas["ImportOptionsQuoting"];
export type Preview = Schemas["PreviewImportResponse"];
export type RejectedRow = Schemas["RejectedRow"];
export type Operation = Schemas["Operation"];
export type StoredFile = Schemas["File"];

/** Bytes of the largest file. */
export const LARGEST_FILE = 2 ** 30;
/** Records shown of a file before it is imported. */
const ROWS_SHOWN = 20;
/** Refused rows that come at a time; the most the server gives. */
const REJECTED_AT_ONCE = 1000;

/**
 * Sends a file, and tells how many of its bytes have gone. Throws ApiError, and the signal's reason when aborted.
 * XMLHttpRequest, because fetch does not say how far an upload is.
 */
export async function uploadFile(
  file: File,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<StoredFile> {
  // A refusal for a token that ran out would come after minutes of sending.
  await freshSession();
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/v1/files?filename=${encodeURIComponent(shortName(file.name))}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as StoredFile);
      else void refusal(request).then(reject);
    };
    request.onerror = () => reject(ApiError.offline());
    request.onabort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** The server takes names of at most 255 characters. */
function shortName(name: string): string {
  return [...name].slice(-255).join("") || "contacts.csv";
}

function refusal(request: XMLHttpRequest): Promise<ApiError> {
  const { status, statusText, responseText } = request;
  return ApiError.of(new Response(responseText, { status, statusText }));
}

/** How the file would be read with these options; what they leave out is found out. Throws ApiError. */
export async function previewImport(
  fileId: string,
  options: ImportOptions,
  signal?: AbortSignal,
): Promise<Preview> {
  const body = { fileId, options, rowCount: ROWS_SHOWN };
  const { data } = await api.POST("/v1/contactImports:preview", { body, signal: signal ?? null });
  return data as Preview;
}

/** Starts an import, or a try-out that changes nothing. `requestId` makes it safe to repeat. Throws ApiError. */
export async function createImport(
  fileId: string,
  options: ImportOptions,
  dryRun: boolean,
  requestId: string = newId(),
): Promise<Import> {
  const { data } = await api.POST("/v1/contactImports", { body: { fileId, options, dryRun, requestId } });
  return data as Import;
}

export interface RejectedPage {
  rows: RejectedRow[];
  /** Empty: this was the last. */
  next: string;
}

/** A page of what was not imported, in order of record. Throws ApiError. */
export async function rejectedRows(
  importId: string,
  pageToken: string,
  signal?: AbortSignal,
): Promise<RejectedPage> {
  const query = { pageSize: REJECTED_AT_ONCE, ...(pageToken && { pageToken }) };
  const { data } = await api.GET("/v1/contactImports/{importId}/rejectedRows", {
    params: { path: { importId }, query },
    signal: signal ?? null,
  });
  return { rows: data?.rejectedRows ?? [], next: data?.nextPageToken ?? "" };
}

/** The change that an import was, or its undoing: how far it is, and until when it can be taken back. Throws ApiError. */
export async function readOperation(id: string, signal?: AbortSignal): Promise<Operation> {
  const { data } = await api.GET("/v1/contactOperations/{id}", {
    params: { path: { id } },
    signal: signal ?? null,
  });
  return data as Operation;
}

/** Takes an import back as a whole; the answer is an operation to follow. Throws ApiError. */
export async function undoImport(operationId: string): Promise<Operation> {
  const { data } = await api.POST("/v1/contactOperations/{id}:undo", {
    params: { path: { id: operationId } },
    body: { requestId: newId() },
  });
  return data as Operation;
}

/** Saves the refused rows as the browser saves files, however many they are. Throws ApiError. */
export async function downloadRejectedRows(importId: string): Promise<void> {
  await freshSession();
  const link = document.createElement("a");
  // With the mark by which spreadsheets know UTF-8.
  link.href = `/v1/contactImports/${encodeURIComponent(importId)}/rejectedRows.csv?bom=true`;
  link.download = "";
  link.click();
}
