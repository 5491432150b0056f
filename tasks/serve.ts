/**
 * `deno task serve`: this checkout at http://127.0.0.1:8000, for programs that import it from an
 * address. Many servers give TypeScript another type (Python's calls it a Qt translation), and Deno
 * then refuses it.
 *
 * @module
 */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { readBytes } from "../files/disk/text_file.ts";

const ROOT = fileURLToPath(import.meta.resolve("../"));

/** What is served: code and what it imports. */
const TYPES: Readonly<Record<string, string>> = {
  ".ts": "application/typescript",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wgsl": "text/wgsl",
};

/** A file of the checkout; nothing hidden, and nothing outside it. */
export async function serveFile(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  try {
    const path = decodeURIComponent(pathname).slice(1);
    const type = TYPES[extname(path)];
    const isHidden = path.split(/[\\/]/).some((part) => part.startsWith(".") || part === "");
    if (type && !isHidden) {
      return new Response(await readBytes(ROOT + path), {
        headers: { "content-type": type },
      });
    }
  } catch { /* no such file */ }
  return new Response(`no such file: ${pathname}\n`, { status: 404 });
}

export default { fetch: serveFile } satisfies Deno.ServeDefaultExport;
