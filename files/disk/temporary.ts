/**
 * Names of what is not whole yet, and taking away those whose process is gone.
 *
 * A name carries the machine and the process that made it, so that a cache which several runs share
 * loses only what nobody is writing any more.
 *
 * @module
 */
import { makeFolder } from "./folder.ts";
import { hasEnded, placeTag, processMark } from "./process_mark.ts";

/** Makes names differ within a process. */
let made = 0;

/** Letters of the file's own name that its temporary keeps: the two must fit a system's limit. */
const KEPT_LETTERS = 40;

/** Milliseconds that a temporary of another machine stays untouched before it counts as left. */
const ABANDONED_MS = 24 * 3600 * 1000;

const TEMPORARY = /\.([0-9a-f]{8})-(\d+)-([0-9a-z]*)-\d+\.tmp$/;

/** Another name beside `path` for what will have that name when it is whole. */
export function temporaryFor(path: string): string {
  const mark = processMark();
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  const start = mark.start && Number(mark.start).toString(36);
  const name = [...path.slice(at)].slice(0, KEPT_LETTERS).join("");
  return `${path.slice(0, at)}${name}.${placeTag(mark)}-${mark.pid}-${start}-${made++}.tmp`;
}

/**
 * Makes a folder for work that leaves nothing behind, beside what else its parent holds; whoever makes
 * it removes it.
 *
 * @param path where; its own name begins as this one's
 * @throws {InputError} naming the parent and what the system refused
 */
export async function makeTemporaryFolder(path: string): Promise<string> {
  const parent = path.slice(0, path.lastIndexOf("/"));
  await makeFolder(parent);
  await sweepTemporaries(parent);
  const folder = temporaryFor(path);
  await makeFolder(folder);
  return folder;
}

/**
 * Removes temporaries from a folder whose process is gone; of another machine, those that have not
 * been touched for a day. A folder is looked through once in the life of a process.
 */
export function sweepTemporaries(folder: string): Promise<void> {
  let sweep = swept.get(folder);
  if (sweep === undefined) swept.set(folder, sweep = removeLeft(folder));
  return sweep;
}

const swept = new Map<string, Promise<void>>();

async function removeLeft(folder: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const found = TEMPORARY.exec(name);
      if (!found) continue;
      const path = `${folder.replace(/[/\\]$/, "")}/${name}`;
      if (await isLeft(path, found)) await Deno.remove(path, { recursive: true });
    }
  } catch { /* what cannot be looked at or removed stays: it is in nobody's way */ }
}

async function isLeft(path: string, [, tag, pid, start]: RegExpExecArray): Promise<boolean> {
  const { host, space, ...here } = processMark();
  if (tag === placeTag({ host, space })) {
    const isKnown = start !== "" && here.start !== "";
    const ticks = isKnown ? `${parseInt(start, 36)}` : "";
    const ended = await hasEnded({ host, space, pid: Number(pid), start: ticks });
    if (ended !== undefined) return ended;
  }
  const { mtime } = await Deno.stat(path);
  return mtime !== null && Date.now() - mtime.getTime() > ABANDONED_MS;
}
