/**
 * The worker side of synthetic songs: renders a stretch of a catalogue per message.
 *
 * @module
 */
import { renderSong } from "./synthetic/render.ts";
import type { SongsWanted } from "./synthetic/workers.ts";

/** The part of a worker's global scope used here; the types of the main thread lack it. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<SongsWanted>) => void) | null;
  postMessage(reply: Int16Array<ArrayBuffer>[], transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { recipes, options } }) => {
  const clips = recipes.map((recipe) => renderSong(recipe, options));
  scope.postMessage(clips, clips.map(({ buffer }) => buffer));
};
