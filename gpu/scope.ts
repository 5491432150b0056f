/** Tensors that go together: a context that gives back what was made with it. */
import type { DeviceProfile, Dispatch, EagerContext } from "./kernel.ts";
import type { DType, HostData, NdArray, Shape, Storage, Tensor } from "./tensor.ts";

/**
 * A context that runs at once, as its device does, and owns the tensors made with it: those that
 * kernels, `empty` and `upload` make go back to the pool when the scope is disposed, except what was
 * kept. Tensors made with the device, or with another scope, are no concern of it, so that work
 * under way at the same time does not meet.
 *
 * @example
 * ```ts
 * import { matmul, ndarray, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * using scope = gpu.scope();
 * const row = scope.upload(ndarray([1, 2], Float32Array.of(3, 4)));
 * const column = scope.upload(ndarray([2, 1], Float32Array.of(10, 1)));
 * console.log((await scope.read(matmul(scope, row, column))).data); // 34
 * ```
 */
export class Scope implements EagerContext, Disposable {
  readonly #device: EagerContext;
  readonly #owned = new Map<Storage, Tensor>();
  #closed = false;

  /** Use `gpu.scope()`. */
  constructor(device: EagerContext) {
    this.#device = device;
  }

  /** Which of two equivalent kernels suits the device. */
  get profile(): DeviceProfile {
    return this.#device.profile;
  }

  /** What the device allows. */
  get limits(): GPUSupportedLimits {
    return this.#device.limits;
  }

  /** A tensor that goes back to the pool with the scope. Contents are undefined. */
  empty(shape: Shape, options?: { dtype?: DType; label?: string }): Tensor {
    this.#check();
    return this.#own(this.#device.empty(shape, options));
  }

  /** A tensor that outlives the scope: whoever asks for it releases it. */
  persistent(shape: Shape, options?: { dtype?: DType; label?: string }): Tensor {
    return this.#device.persistent(shape, options);
  }

  /** A tensor with the elements of a host array, which goes back to the pool with the scope. */
  upload(host: NdArray, label?: string): Tensor {
    this.#check();
    return this.#own(this.#device.upload(host, label));
  }

  /** Writes host elements into any tensor of the device. */
  write(tensor: Tensor, data: HostData, offset?: number): void {
    this.#device.write(tensor, data, offset);
  }

  /** Reads a tensor back: waits for the device. */
  read(tensor: Tensor): Promise<NdArray> {
    return this.#device.read(tensor);
  }

  /** Reads several small tensors in one wait. */
  readAll(tensors: readonly Tensor[]): Promise<NdArray[]> {
    return this.#device.readAll(tensors);
  }

  /** Runs a dispatch now. */
  dispatch(dispatch: Dispatch): void {
    this.#device.dispatch(dispatch);
  }

  /** Gives the memory of tensors back before the scope does. */
  release(...tensors: Tensor[]): void {
    this.#device.release(...tensors);
    for (const { storage } of tensors) this.#owned.delete(storage);
  }

  /** Hands a tensor out: it lives until whoever has it releases it. */
  keep<T extends Tensor>(tensor: T): T {
    this.#owned.delete(tensor.storage);
    return tensor;
  }

  /** Gives back what was made with the scope and not kept. */
  [Symbol.dispose](): void {
    this.#closed = true;
    for (const tensor of this.#owned.values()) {
      if (!tensor.storage.released) this.#device.release(tensor);
    }
    this.#owned.clear();
  }

  #own(tensor: Tensor): Tensor {
    this.#owned.set(tensor.storage, tensor);
    return tensor;
  }

  #check(): void {
    if (this.#closed) throw new Error("Cannot make a tensor in a scope: it was disposed");
  }
}
