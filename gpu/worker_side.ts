/**
 * The worker side of `worker_pool.ts`.
 *
 * @module
 */
import type { WorkerAnswer } from "./worker_pool.ts";

/** The part of a worker's global scope used here; the types of the main thread lack it. */
interface WorkerScope<Request, Reply> {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(answer: WorkerAnswer<Reply>, transfer: Transferable[]): void;
}

/**
 * Answers the requests of a `WorkerPool` one after the other. The typed arrays of a reply change
 * hands, so none may be kept.
 *
 * @param answer what is done; what it throws ends the pool
 */
export function serveRequests<Request, Reply>(
  answer: (request: Request, progress: (done: number) => void) => Reply | Promise<Reply>,
): void {
  const scope = globalThis as unknown as WorkerScope<Request, Reply>;
  let before: Promise<void> = Promise.resolve();
  scope.onmessage = ({ data }) => {
    before = before.then(async () => {
      const reply = await answer(data, (done) => scope.postMessage({ done }, []));
      scope.postMessage({ reply }, [...buffersIn(reply)]);
    });
    before.catch(reportError); // as an error of the worker, which the pool hears of
  };
}

function* views(value: unknown): Generator<ArrayBufferView> {
  if (ArrayBuffer.isView(value)) yield value;
  else if (value instanceof Object) { for (const part of Object.values(value)) yield* views(part); }
}

function buffersIn(reply: unknown): Set<ArrayBuffer> {
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer } of views(reply)) if (buffer instanceof ArrayBuffer) buffers.add(buffer);
  return buffers;
}
