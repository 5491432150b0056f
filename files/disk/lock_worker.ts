/**
 * The thread of a `FolderLock`: touches its file, and says when it is another's.
 *
 * @module
 */
import type { TouchOrder } from "./folder_lock.ts";

/** The part of a worker's global scope used here; the types of the main thread lack it. */
interface LockScope {
  onmessage: ((event: MessageEvent<TouchOrder>) => void) | null;
  postMessage(message: "lost"): void;
}

const scope = globalThis as unknown as LockScope;

scope.onmessage = ({ data: { path, text, every } }) => {
  const bytes = new TextEncoder().encode(text);
  // The file that was made, whatever bears its name later: no touch keeps another's lock alive.
  const file = openOurs(path);
  const timer = setInterval(() => {
    try {
      if (Deno.readTextFileSync(path) === text) {
        // Written, not dated: the time is then by the clock of the disk, as those that read it take it.
        file?.seekSync(0, Deno.SeekMode.Start);
        file?.writeSync(bytes);
        return;
      }
      clearInterval(timer);
      scope.postMessage("lost");
    } catch {
      /* a network disk may be away for a while; whether it is lost shows when it is back */
    }
  }, every);
};

function openOurs(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path, { write: true });
  } catch {
    return undefined; // given back before this thread had begun
  }
}
