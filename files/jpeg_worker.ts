/**
 * The worker side of {@linkcode JpegPool}: decodes one file per message.
 *
 * @module
 */
import { InputError } from "./input_error.ts";
import { decodeJpeg, type DecodeReply, type DecodeRequest } from "./jpeg.ts";

/** The part of a worker's global scope used here; the types of the main thread lack it. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<DecodeRequest>) => void) | null;
  postMessage(reply: DecodeReply, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { name, bytes, height, width } }) => {
  try {
    const pixels = decodeJpeg(name, bytes, { height, width });
    scope.postMessage({ pixels }, [pixels.buffer]);
  } catch (error) {
    if (!(error instanceof InputError)) throw error; // a defect of ours: the pool reports it
    scope.postMessage({ reason: error.reason });
  }
};
