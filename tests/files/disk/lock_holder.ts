/** A process that takes the lock of a folder, says so, and waits to be ended. */
import { FolderLock } from "../../../files/disk/folder_lock.ts";

const [folder] = Deno.args;
try {
  const _lock = await FolderLock.take(folder);
  console.log("taken");
  await new Promise(() => {});
} catch (error) {
  console.log((error as Error).message);
}
