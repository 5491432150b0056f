/**
 * Which run the demo shows when none was named.
 *
 * @module
 */
import { entriesOf } from "../../../files/disk/folder.ts";
import { exists, infoOf } from "../../../files/disk/presence.ts";
import { InputError } from "../../../files/input_error.ts";
import { RunFolder } from "../../run/run_folder.ts";

/**
 * The music run of a folder of runs that was finished last.
 *
 * @throws {InputError} when there is none
 */
export async function newestRun(folder: string): Promise<string> {
  const runs: { path: string; finished: number }[] = [];
  for (const name of await foldersIn(folder)) {
    const path = `${folder}/${name}`;
    const finished = await finishedAt(path);
    if (finished !== undefined) runs.push({ path, finished });
  }
  runs.sort((a, b) => b.finished - a.finished || (a.path < b.path ? -1 : 1));
  if (runs.length > 0) return runs[0].path;
  throw new InputError(
    "Cannot open the demo",
    `there is no finished music run in ${folder}: run ./cetus music first, or name one with --run`,
  );
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await entriesOf(folder);
  return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
}

/** When a music run was finished, ms; nothing for another folder. Several seeds have no songs. */
async function finishedAt(path: string): Promise<number | undefined> {
  const task = await RunFolder.read(path).then(({ config }) => config.task, () => undefined);
  if (task !== "music") return undefined;
  const songs = await exists(`${path}/catalogue.jsonl`);
  const result = await infoOf(`${path}/result.json`).catch(() => undefined);
  return songs ? result?.mtime?.getTime() : undefined;
}
