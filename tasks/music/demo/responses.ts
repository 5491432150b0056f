/**
 * Answers over HTTP: JSON, parts of a file, and requests that cannot be answered.
 *
 * @module
 */
import type { ErrorAnswer } from "./api.ts";

/** A request that cannot be answered. */
export class RequestError extends Error {
  /** `"RequestError"`. */
  override readonly name = "RequestError";

  /** What was attempted, what came, what was expected. */
  constructor(
    /** Such as 404. */
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Nothing is fetched from elsewhere; `blob:` is a dropped file that is played. */
const POLICY = "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; " +
  "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Headers of every answer. Nothing is kept: another run may be behind the same address tomorrow. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** A value as JSON. */
export function jsonResponse(value: unknown, status = 200): Response {
  return Response.json(value, { status, headers: COMMON_HEADERS });
}

/** An error as JSON. */
export function errorResponse(status: number, error: string): Response {
  return jsonResponse({ error } satisfies ErrorAnswer, status);
}

/**
 * A file, or the part of it that a `Range` header asks for: players seek with it. One range is
 * answered; several, or a header that is none, give the whole file, as RFC 9110 section 14.2 allows.
 */
export function fileResponse(
  request: Request,
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
): Response {
  const headers = { ...COMMON_HEADERS, "content-type": type, "accept-ranges": "bytes" };
  const range = requestedRange(request.headers.get("range"), bytes.length);
  if (range === undefined) return new Response(bytes, { headers });
  if (range.start > range.end) {
    return new Response(null, {
      status: 416,
      headers: { ...headers, "content-range": `bytes */${bytes.length}` },
    });
  }
  const { start, end } = range;
  return new Response(bytes.subarray(start, end + 1), {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${start}-${end}/${bytes.length}` },
  });
}

/** First and last byte; the first beyond the last where nothing is left. */
function requestedRange(header: string | null, length: number) {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || from === "" && to === "") return undefined;
  if (from === "") {
    return { start: to === "0" ? length : Math.max(0, length - +to), end: length - 1 };
  }
  if (to !== "" && +to < +from) return undefined;
  return { start: +from, end: to === "" ? length - 1 : Math.min(+to, length - 1) };
}
