/**
 * The files of the page, each by its exact name: what is not listed is not served.
 *
 * @module
 */
import { COMMON_HEADERS } from "./responses.ts";

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";

/** Path of a request to file in `web/` and its type. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", HTML],
  "/index.html": ["index.html", HTML],
  "/style.css": ["style.css", CSS],
  ...Object.fromEntries(
    [
      "main",
      "server",
      "look",
      "elements",
      "gestures",
      "map",
      "map_layout",
      "map_window",
      "view",
      "player",
      "search",
      "song_card",
      "song_list",
      "removal",
      "listener_card",
      "mix",
      "drop_card",
    ].map((name) => [`/${name}.js`, [`${name}.js`, SCRIPT]]),
  ),
};

/** The page is served from there, never imported: it imports types of this folder. */
const FOLDER = import.meta.resolve("../../../web/");

/** A file of the page; none where nothing of that name belongs to it. */
export async function pageFile(path: string): Promise<Response | undefined> {
  if (!Object.hasOwn(FILES, path)) return undefined;
  const [file, type] = FILES[path];
  const { body } = await fetch(new URL(file, FOLDER));
  return new Response(body, { headers: { ...COMMON_HEADERS, "content-type": type } });
}
