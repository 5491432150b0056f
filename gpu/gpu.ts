/** Opening a device, moving data in and out, running kernels at once. */
import { displayedArray, tensorBundle } from "./array_display.ts";
import { displayProperty, withDisplay } from "./display.ts";
import { DeviceLoss } from "./device_loss.ts";
import type { DeviceProfile, Dispatch, EagerContext } from "./kernel.ts";
import { type MemoryReport, Pool } from "./pool.ts";
import { Pipelines } from "./pipelines.ts";
import { Scope } from "./scope.ts";
import { TexelTextures, withinTextures } from "./texels.ts";
import {
  bufferOf,
  bytesOf,
  checkShape,
  type DType,
  dtypeOf,
  type HostData,
  type NdArray,
  type Shape,
  sizeOf,
  Storage,
  type Tensor,
} from "./tensor.ts";

/** How to open a device. */
export interface GpuOptions {
  /** The most device memory that tensors may take, in bytes. Default 8 GiB. */
  readonly budgetBytes?: number;
  /** Which of two equivalent kernels to run; by default read from the adapter. */
  readonly profile?: DeviceProfile;
}

/** Objects created since the device was opened; training must not move them after its first epoch. */
export interface ObjectCounts {
  /** Buffers. */
  readonly buffers: number;
  /** Bind groups. */
  readonly bindGroups: number;
  /** Compute pipelines. */
  readonly pipelines: number;
}

const NO_ADAPTER =
  "Cannot find a WebGPU adapter: install your GPU's Vulkan driver, or Mesa's software driver " +
  "(Debian and Ubuntu: apt-get install mesa-vulkan-drivers), then run deno task doctor";

/** Readback goes through staging memory of this size, so that a large tensor needs no copy as large. */
const STAGING_BYTES = 16 * 2 ** 20;

/**
 * An open device. Kernels called with it run at once; a `Scope` of it owns what they make, a
 * `Recorder` keeps them for replay.
 *
 * Every uncaptured WebGPU error is kept and thrown by the next `await`: nothing is silently wrong.
 */
export class Gpu implements EagerContext, Disposable, AsyncDisposable {
  /** The WebGPU device. */
  readonly device: GPUDevice;
  /** Description of the adapter, as the driver words it. */
  readonly name: string;
  /** Which of two equivalent kernels suits the device. */
  readonly profile: DeviceProfile;
  /**
   * Memory of the tensors.
   *
   * @internal
   */
  readonly pool: Pool;
  /**
   * Compiled kernels.
   *
   * @internal
   */
  readonly pipelines: Pipelines;
  /** Bind groups created; `Program` counts its own here too. */
  bindGroups = 0;
  /** Uniform, staging and feed buffers created outside the pool. */
  otherBuffers = 0;
  #error: Error | undefined;
  readonly #loss: DeviceLoss;
  #closed = false;
  #staging: GPUBuffer[] = [];
  #display = displayProperty((tensor: Tensor) => tensorBundle(tensor, (it) => this.read(it)));

  /** Use `openGpu()`. */
  constructor(device: GPUDevice, adapter: GPUAdapter, options: GpuOptions) {
    this.device = device;
    this.name = adapter.info.description || adapter.info.vendor;
    this.profile = options.profile ?? (adapter.info.isFallbackAdapter ? "software" : "card");
    this.pool = new Pool(device, options.budgetBytes ?? 8 * 2 ** 30);
    this.pipelines = new Pipelines(device, (error) => this.fail(error));
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      const { message } = (event as GPUUncapturedErrorEvent).error;
      this.fail(new Error(`WebGPU reported an error: ${message}`));
    });
    this.#loss = new DeviceLoss(device, () => this.#closed);
  }

  /** What the device allows. */
  get limits(): GPUSupportedLimits {
    return this.device.limits;
  }

  /** Keeps the first error; the next await throws it. */
  fail(error: Error): void {
    this.#error ??= error;
  }

  /** Throws the error that was kept, or says that the device is lost or closed. */
  check(): void {
    if (this.#loss.error) throw this.#loss.error; // an error before it is how it was noticed
    if (this.#error) throw this.#error;
    if (this.#closed) throw new Error("Cannot use the GPU: it was closed");
  }

  /** A tensor that lives until `release`; one made with a scope goes with the scope. */
  empty(shape: Shape, options?: { dtype?: DType; label?: string }): Tensor {
    return this.persistent(shape, options);
  }

  /** A tensor that lives until `release`. Contents are undefined. */
  persistent(shape: Shape, options: { dtype?: DType; label?: string } = {}): Tensor {
    this.check();
    const { dtype = "f32", label = "tensor" } = options;
    checkShape(shape, label);
    const storage = new Storage(bytesOf(shape, dtype), label);
    this.pool.allocate(storage);
    return withDisplay({ shape: [...shape], dtype, label, storage }, this.#display);
  }

  /** A tensor with the elements of a host array; float64 is narrowed to f32. */
  upload(host: NdArray, label = "upload"): Tensor {
    const tensor = this.empty(host.shape, { dtype: dtypeOf(host.data), label });
    this.write(tensor, host.data);
    return tensor;
  }

  /**
   * Writes host elements into a tensor.
   *
   * @param offset first element to write, default 0; must fall on a multiple of 4 bytes
   */
  write(tensor: Tensor, data: HostData, offset = 0): void {
    this.check();
    if (offset + data.length > sizeOf(tensor.shape)) {
      throw new RangeError(
        `Cannot write ${data.length} elements at ${offset} into "${tensor.label}" of [${
          tensor.shape.join(", ")
        }]`,
      );
    }
    const narrow = data instanceof Float64Array ? Float32Array.from(data) : data;
    const bytes = new Uint8Array(narrow.buffer, narrow.byteOffset, narrow.byteLength);
    const start = offset * narrow.BYTES_PER_ELEMENT;
    const whole = bytes.length - bytes.length % 4;
    const buffer = bufferOf(tensor);
    if (whole) {
      this.device.queue.writeBuffer(buffer, start, bytes as Uint8Array<ArrayBuffer>, 0, whole);
    }
    if (whole < bytes.length) { // writeBuffer wants a multiple of 4; the padding takes the rest
      const tail = new Uint8Array(4);
      tail.set(bytes.subarray(whole));
      this.device.queue.writeBuffer(buffer, start + whole, tail);
    }
  }

  /** Runs a dispatch now. */
  dispatch(asked: Dispatch): void {
    this.check();
    const dispatch = withinTextures(asked, this.limits);
    const pipeline = this.pipelines.get(dispatch);
    const encoder = this.device.createCommandEncoder({ label: dispatch.spec.name });
    using textures = new TexelTextures(this, [dispatch]);
    textures.copy(encoder, dispatch);
    const pass = encoder.beginComputePass({ label: dispatch.spec.name });
    const uniform = dispatch.uniform.byteLength ? this.#uniform(dispatch.uniform) : undefined;
    pass.setPipeline(pipeline.pipeline);
    this.bindGroupsOf(dispatch, { layouts: pipeline.layouts, textures, uniform })
      .forEach((group, i) => pass.setBindGroup(i, group));
    pass.dispatchWorkgroups(...dispatch.grid);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
    uniform?.destroy();
  }

  /**
   * The bind groups of a dispatch: tensors, and the uniform at an offset of a buffer.
   *
   * @internal
   */
  bindGroupsOf(
    dispatch: Dispatch,
    { layouts, textures, uniform, offset = 0 }: {
      readonly layouts: readonly GPUBindGroupLayout[];
      readonly textures: TexelTextures;
      readonly uniform?: GPUBuffer;
      readonly offset?: number;
    },
  ): GPUBindGroup[] {
    const label = dispatch.spec.name;
    const entries = dispatch.tensors.map((tensor, binding) => ({
      binding,
      resource: textures.view(dispatch, binding) ??
        { buffer: bufferOf(tensor), size: tensor.storage.bytes },
    }));
    const groups = [this.device.createBindGroup({ label, layout: layouts[0], entries })];
    if (uniform) {
      const resource = { buffer: uniform, offset, size: dispatch.uniform.byteLength };
      const layout = layouts[1];
      groups.push(
        this.device.createBindGroup({ label, layout, entries: [{ binding: 0, resource }] }),
      );
    }
    this.bindGroups += groups.length;
    return groups;
  }

  /** Reads a tensor back. The only verb that waits for the device. */
  async read(tensor: Tensor): Promise<NdArray> {
    const bytes = new Uint8Array(bytesOf(tensor.shape, tensor.dtype));
    for await (const { offset, chunk } of this.readChunks(tensor)) bytes.set(chunk, offset);
    return displayedArray({ shape: tensor.shape, data: elementsOf(tensor, bytes.buffer) });
  }

  /** Reads several small tensors in one wait. */
  readAll(tensors: readonly Tensor[]): Promise<NdArray[]> {
    return Promise.all(tensors.map((tensor) => this.read(tensor)));
  }

  /** The bytes of a tensor in order, in chunks of at most 16 MiB; a chunk is valid until the next. */
  async *readChunks(tensor: Tensor): AsyncGenerator<{ offset: number; chunk: Uint8Array }> {
    const total = tensor.storage.bytes;
    for (let offset = 0; offset < total; offset += STAGING_BYTES) {
      const size = Math.min(STAGING_BYTES, total - offset);
      const staging = this.#takeStaging(size);
      const encoder = this.device.createCommandEncoder({ label: `read ${tensor.label}` });
      encoder.copyBufferToBuffer(bufferOf(tensor), offset, staging, 0, size);
      this.device.queue.submit([encoder.finish()]);
      await this.answer(() => staging.mapAsync(GPUMapMode.READ, 0, size));
      try {
        yield { offset, chunk: new Uint8Array(staging.getMappedRange(0, size)) };
      } finally { // also when the reader stops early
        staging.unmap();
        this.#staging.push(staging);
      }
    }
  }

  /** Waits until the device has done what was submitted, and throws what went wrong. */
  async sync(): Promise<void> {
    await this.answer(() => this.device.queue.onSubmittedWorkDone());
  }

  /**
   * Waits for an answer of the device. Whatever was asked, a device that is lost says so in the same
   * words.
   *
   * @throws what went wrong before or meanwhile
   * @internal
   */
  async answer<T>(asked: () => Promise<T>): Promise<T> {
    this.check();
    try {
      const answer = await asked();
      this.check();
      return answer;
    } catch (error) {
      throw await this.reasonOf(error);
    }
  }

  /** What an error in work with the device comes from: that it was lost, or the error itself. */
  async reasonOf(error: unknown): Promise<unknown> {
    return await this.#loss.behind(error) ?? error;
  }

  /** Gives a tensor's memory back to the pool. */
  release(...tensors: Tensor[]): void {
    for (const { storage } of tensors) this.pool.release(storage);
  }

  /** Gives memory that is kept for reuse back to the device: what comes next has other sizes. */
  trim(): void {
    this.pool.trim();
  }

  /** A context that owns the tensors made with it. */
  scope(): Scope {
    return new Scope(this);
  }

  /** Device memory in use, by name. */
  memory(): MemoryReport {
    return this.pool.report();
  }

  /** Objects created so far. */
  counts(): ObjectCounts {
    return {
      buffers: this.pool.created + this.otherBuffers,
      bindGroups: this.bindGroups,
      pipelines: this.pipelines.created,
    };
  }

  /** Closes the device; its tensors are gone. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.pool.trim();
    this.#staging.forEach((buffer) => buffer.destroy());
    this.device.destroy();
  }

  /**
   * Waits for what is under way, then closes the device. For programs that end soon after: llvmpipe
   * crashes now and then when the process exits while it computes.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed && !this.#error) await this.sync().catch(() => {}); // lost: nothing runs on
    this[Symbol.dispose]();
  }

  #uniform(bytes: ArrayBuffer): GPUBuffer {
    this.otherBuffers++;
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const size = bytes.byteLength;
    const buffer = this.device.createBuffer({
      label: "uniform",
      size,
      usage,
      mappedAtCreation: true,
    });
    new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(bytes));
    buffer.unmap();
    return buffer;
  }

  #takeStaging(size: number): GPUBuffer {
    const found = this.#staging.findIndex((buffer) => buffer.size >= size);
    if (found >= 0) return this.#staging.splice(found, 1)[0];
    this.otherBuffers++;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const rounded = Math.min(STAGING_BYTES, 2 ** Math.ceil(Math.log2(Math.max(size, 4096))));
    return this.device.createBuffer({ label: "staging", size: rounded, usage });
  }
}

/**
 * Opens the default adapter with explicit limits.
 *
 * @throws Error when there is no adapter, saying how to get one
 *
 * @example
 * ```ts
 * import { openGpu } from "jsr:@cetus/cetus";
 * using gpu = await openGpu();
 * console.log(gpu.name, gpu.memory().budgetBytes);
 * ```
 */
export async function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error(NO_ADAPTER);
  const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } =
    adapter.limits;
  const requiredLimits = {
    maxBufferSize,
    maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: Math.min(10, maxStorageBuffersPerShaderStage),
  };
  const features = (["timestamp-query", "shader-f16"] as const).filter((f) =>
    adapter.features.has(f)
  );
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures: [...features] });
  return new Gpu(device, adapter, options);
}

/** The elements of a tensor from its bytes; f16 is widened. */
function elementsOf({ dtype, shape }: Tensor, bytes: ArrayBuffer): HostData {
  const size = sizeOf(shape);
  switch (dtype) {
    case "u32":
      return new Uint32Array(bytes, 0, size);
    case "i32":
      return new Int32Array(bytes, 0, size);
    case "u8":
      return new Uint8Array(bytes, 0, size);
    case "f16":
      return Float32Array.from(new Float16Array(bytes, 0, size));
    default:
      return new Float32Array(bytes, 0, size);
  }
}
