/** One writer in a folder: real processes, some of which are killed, and locks as others leave them. */
import { assertEquals, assertMatch } from "@std/assert";
import { FolderLock, SILENCE_MS, type TouchOrder } from "../../../files/disk/folder_lock.ts";
import { exists } from "../../../files/disk/presence.ts";
import { processMark } from "../../../files/disk/process_mark.ts";
import { unreadable } from "../../refusals.ts";
import { inFolder } from "../samples.ts";

/** A process that asks for the lock of a folder, and what it said: `taken`, or the refusal. */
async function asker(folder: string): Promise<{ said: string; kill: () => Promise<void> }> {
  const script = new URL("./lock_holder.ts", import.meta.url).pathname;
  const args = ["run", "-A", "--no-check", script, folder];
  const process = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await output.read();
  const kill = async () => {
    try {
      process.kill("SIGKILL");
    } catch { /* it has ended by itself */ }
    await process.status;
    await output.cancel();
  };
  return { said: value.trim(), kill };
}

/** Writes the lock of a process. */
async function leaveLock(folder: string, mark: object, silence = 0): Promise<void> {
  const writer = { ...processMark(), since: "2026-03-01T12:30:00.500Z", ...mark };
  await Deno.writeTextFile(`${folder}/lock`, JSON.stringify(writer));
  const touched = new Date(Date.now() - silence);
  await Deno.utime(`${folder}/lock`, touched, touched);
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

inFolder.test("a folder has one writer, and is given back as it was found", async (folder) => {
  {
    await using _lock = await FolderLock.take(`${folder}/runs/a`);
    const words = `process ${Deno.pid} on ${Deno.hostname()} has been writing there since 20`;
    await unreadable(() => FolderLock.take(`${folder}/runs/a`), words);
    await unreadable(() => FolderLock.refuseTaken(`${folder}/runs/a`), words);
    await unreadable(
      () => FolderLock.take(`${folder}/runs/a`),
      "if that work was interrupted, remove",
    );
    const { said, kill } = await asker(`${folder}/runs/a`);
    await kill();
    assertMatch(
      said,
      /^Cannot write to .*\/runs\/a: process \d+ on .*; wait for its end, or choose/,
    );
    await using _other = await FolderLock.take(`${folder}/runs/b`);
    await Deno.writeTextFile(`${folder}/runs/b/notes.txt`, "mine");
  }
  assertEquals([names(`${folder}/runs`), names(`${folder}/runs/b`)], [["b"], ["notes.txt"]]);
});

inFolder.test("the lock of a killed process is taken over; of several that find it, by one", async (folder) => {
  const first = await asker(folder);
  assertEquals(first.said, "taken");
  await first.kill();
  assertEquals(names(folder), ["lock"]);
  const others = await Promise.all(Array.from({ length: 6 }, () => asker(folder)));
  const left = names(folder);
  await Promise.all(others.map(({ kill }) => kill()));
  assertEquals(others.filter(({ said }) => said === "taken").length, 1, JSON.stringify(others));
  assertEquals(left, ["lock"]);
});

inFolder.test("a process of another machine counts as gone after ten minutes of silence", async (folder) => {
  await leaveLock(folder, { host: "elsewhere" }, SILENCE_MS - 20_000);
  const { message } = await unreadable(() => FolderLock.take(folder));
  assertMatch(
    message,
    /process \d+ on elsewhere has been writing there since 2026-03-01 12:30:00 UTC, its last sign of life (5[789]|58\d) s ago; .*remove .*\/lock/,
  );
  assertEquals(names(folder), ["lock"]);
  await leaveLock(folder, { host: "elsewhere" }, SILENCE_MS + 20_000);
  await using _lock = await FolderLock.take(folder);
});

inFolder.test("one on this machine counts as there as long as it is, and no longer", async (folder) => {
  if (processMark().start === "") return; // this system does not tell
  await leaveLock(folder, {}, 2 * SILENCE_MS); // stopped by Ctrl-Z, say
  await unreadable(() => FolderLock.take(folder), `process ${Deno.pid}`);
  await leaveLock(folder, { start: "1" }); // our number was another one's
  await using _lock = await FolderLock.take(folder);
});

inFolder.test("a lock without a word, as one killed at once leaves it, is as another machine's", async (folder) => {
  for (const text of ["", "{", "7", '{"pid":1}']) {
    await Deno.writeTextFile(`${folder}/lock`, text);
    await unreadable(() => FolderLock.take(folder), "a process that left no name has been writing");
    await Deno.utime(`${folder}/lock`, new Date(0), new Date(0));
    await using _lock = await FolderLock.take(folder);
  }
});

inFolder.test("what cannot be a lock is said, and a folder that cannot be made leaves nothing", async (folder) => {
  await Deno.mkdir(`${folder}/a/lock`, { recursive: true });
  await unreadable(() => FolderLock.take(`${folder}/a`), "/a/lock: it is a folder");
  await Deno.mkdir(`${folder}/b`);
  await Deno.symlink(`${folder}/nowhere`, `${folder}/b/lock`);
  await unreadable(() => FolderLock.take(`${folder}/b`), "/b/lock can neither be made nor read");
  await Deno.writeTextFile(`${folder}/file`, "x");
  await unreadable(() => FolderLock.take(`${folder}/file/run`), "part of its path is a file");
  assertEquals(names(folder), ["a", "b", "file"]);
});

inFolder.test("a lock is touched while it is held, and its loss is told", async (folder) => {
  const path = `${folder}/lock`;
  await leaveLock(folder, {}, SILENCE_MS);
  const order: TouchOrder = { path, text: await Deno.readTextFile(path), every: 20 };
  const thread = new URL("../../../files/disk/lock_worker.ts", import.meta.url);
  const worker = new Worker(thread, { type: "module" });
  const lost = new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
  worker.postMessage(order);
  while (Date.now() - (await Deno.stat(path)).mtime!.getTime() > SILENCE_MS / 2) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(await Deno.readTextFile(path), order.text);
  await Deno.rename(path, `${folder}/aside`);
  await leaveLock(folder, { host: "elsewhere" }, SILENCE_MS);
  assertEquals(await lost, "lost");
  const { mtime } = await Deno.stat(path);
  assertEquals(Date.now() - mtime!.getTime() > SILENCE_MS / 2, true, "another's lock was touched");
  worker.terminate();
  assertEquals(await exists(path), true);
});
