// Every refusal of the API as one class.
import type { components } from "./schema.d.ts";

type Status = components["schemas"]["Status"];

export interface Violation {
  /** "contact.emails[0].address" */
  field: string;
  description: string;
  reason: string;
}

/** No answer came: the network or the server is away. */
export const OFFLINE = "OFFLINE";

export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0 when no answer came. react-admin reads it too. */
  readonly status: number;
  /** google.rpc.Code, such as 5 for NOT_FOUND. */
  readonly code: number;
  /** Stable, for programs: "CONTACT_DUPLICATE". */
  readonly reason: string;
  readonly violations: Violation[];
  readonly metadata: Record<string, string>;
  /** Seconds until another try makes sense, when the server says so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, body: Partial<Status>) {
    super(body.message || "The server gave no reason.");
    const details = body.details ?? [];
    const info = details.find((detail) => detail.reason);
    this.status = status;
    this.code = body.code ?? 2;
    this.reason = info?.reason ?? "UNKNOWN";
    this.metadata = info?.metadata ?? {};
    this.violations = details.flatMap((detail) => (detail.fieldViolations ?? []) as Violation[]);
    const delay = details.find((detail) => detail.retryDelay)?.retryDelay;
    this.retryAfter = delay ? Number.parseFloat(delay) : undefined;
  }

  static async of(response: Response): Promise<ApiError> {
    try {
      return new ApiError(response.status, (await response.json()) as Status);
    } catch {
      // A proxy in between answered in its own words.
      return new ApiError(response.status, { message: response.statusText });
    }
  }

  static offline(): ApiError {
    const details = [{ "@type": "", reason: OFFLINE }];
    return new ApiError(0, { code: 14, message: "The server cannot be reached.", details });
  }
}
