/**
 * The worker side of synthetic songs: renders a stretch of a catalogue per message.
 *
 * @module
 */
import { serveRequests } from "../../gpu/worker_side.ts";
import { renderSong } from "./synthetic/render.ts";
import type { SongsWanted } from "./synthetic/workers.ts";

serveRequests<SongsWanted, Int16Array<ArrayBuffer>[]>(({ recipes, options }) =>
  recipes.map((recipe) => renderSong(recipe, options))
);
