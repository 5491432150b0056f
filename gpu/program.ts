/** A recorded step, compiled and bound: replaying it creates nothing. */
import type { Gpu } from "./gpu.ts";
import type { Dispatch } from "./kernel.ts";
import type { MemoryPlan, Recorder } from "./recorder.ts";
import { TexelTextures, withinTextures } from "./texels.ts";
import {
  bufferOf,
  describe,
  dtypeOf,
  type HostData,
  sizeOf,
  Storage,
  type Tensor,
} from "./tensor.ts";

/** Host data for the feeds of one step, by name. */
export type Feeds = Readonly<Record<string, HostData>>;

/** Where the time of a step goes, by kernel name. */
export interface KernelTime {
  /** Name of the kernel. */
  readonly name: string;
  /** Dispatches in a step. */
  readonly calls: number;
  /** Milliseconds in a step. */
  readonly milliseconds: number;
  /** Floating-point operations in a step. */
  readonly flops: number;
}

/** A submit stays near this many operations, well within what a driver's watchdog allows. */
const FLOPS_PER_SUBMIT = 20e9;
/** Feeds of one submit stay within this many bytes. */
const FEED_BYTES_PER_SUBMIT = 64 * 2 ** 20;
/** Steps without feeds in a submit, however short they are. */
const MOST_REPEATS = 100;

interface Bound {
  readonly dispatch: Dispatch;
  readonly pipeline: GPUComputePipeline;
  readonly groups: readonly GPUBindGroup[];
}

interface FeedSlot {
  readonly name: string;
  readonly tensor: Tensor;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * A recorded step ready to replay.
 *
 * @example
 * ```ts
 * import { openGpu, Program, Recorder, scale } from "jsr:@cetus/cetus";
 *
 * using gpu = await openGpu();
 * const recorder = new Recorder(gpu);
 * const x = recorder.feed("x", [3]);
 * const y = scale(recorder, x, 2);
 * recorder.keep(y);
 * using program = await Program.compile(gpu, recorder);
 * program.run([{ x: Float32Array.of(1, 2, 3) }]);
 * console.log((await gpu.read(y)).data); // [2, 4, 6]
 * ```
 */
export class Program implements Disposable {
  /** How the arena was planned. */
  readonly plan: MemoryPlan;
  /** Floating-point operations of a step. */
  readonly flops: number;
  readonly #gpu: Gpu;
  readonly #bound: readonly Bound[];
  readonly #arena: readonly Storage[];
  readonly #feeds: readonly FeedSlot[];
  /** Bytes of the feeds of one step. */
  readonly feedBytes: number;
  readonly #uniforms: GPUBuffer | undefined;
  readonly #textures: TexelTextures;
  #ring: GPUBuffer | undefined;
  #host = new Uint8Array(0);

  private constructor(gpu: Gpu, recorder: Recorder, dispatches: readonly Dispatch[]) {
    this.#gpu = gpu;
    this.plan = recorder.plan();
    this.flops = recorder.flops;
    this.#arena = this.plan.slots.map((bytes, i) => new Storage(bytes, `arena ${i}`));
    this.#textures = new TexelTextures(gpu, dispatches);
    try {
      allocateAll(gpu, [...this.#arena, ...feedStorages(recorder)]);
    } catch (error) {
      this.#textures[Symbol.dispose]();
      throw error;
    }
    for (const [storage, slot] of this.plan.slotOf) storage.buffer = this.#arena[slot].buffer;
    this.#feeds = feedSlots(recorder);
    this.feedBytes = this.#feeds.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#uniforms = this.#packUniforms(dispatches);
    this.#bound = this.#bind(dispatches);
  }

  /** Compiles every pipeline of a record in parallel, takes its memory and binds it. */
  static async compile(gpu: Gpu, recorder: Recorder): Promise<Program> {
    gpu.check();
    const dispatches = recorder.dispatches.map((asked) => withinTextures(asked, gpu.limits));
    await gpu.answer(() => gpu.pipelines.compile(dispatches));
    const program = new Program(gpu, recorder, dispatches);
    gpu.check();
    return program;
  }

  /**
   * Replays the step once for each element of `steps`, all in one submit.
   *
   * @param steps the feeds of each step; `[{}]` when the record has none
   */
  run(steps: readonly Feeds[]): void {
    this.#gpu.check();
    this.#upload(steps);
    const encoder = this.#gpu.device.createCommandEncoder({ label: "program" });
    steps.forEach((_, index) => {
      this.#copyFeeds(encoder, index);
      this.#encodeStep(encoder);
    });
    this.#gpu.device.queue.submit([encoder.finish()]);
  }

  /** Replays a step without feeds so many times, in as many submits as a driver wants. */
  repeat(times: number): void {
    const most = this.stepsPerSubmit(MOST_REPEATS);
    for (let left = times; left > 0; left -= most) {
      this.run(Array.from({ length: Math.min(most, left) }, () => ({})));
    }
  }

  /** Steps that one submit should hold, from 1 to `most`: by their operations and their feeds. */
  stepsPerSubmit(most: number): number {
    const byFlops = Math.floor(FLOPS_PER_SUBMIT / Math.max(1, this.flops));
    const byBytes = Math.floor(FEED_BYTES_PER_SUBMIT / Math.max(1, this.feedBytes));
    return Math.max(1, Math.min(most, byFlops, byBytes));
  }

  /** Dispatches share a pass until one needs operands copied, which only passes apart allow. */
  #encodeStep(encoder: GPUCommandEncoder): void {
    let pass: GPUComputePassEncoder | undefined;
    for (const bound of this.#bound) {
      if (bound.dispatch.spec.texels) {
        pass?.end();
        pass = undefined;
        this.#textures.copy(encoder, bound.dispatch);
      }
      pass ??= encoder.beginComputePass({ label: "program" });
      encode(pass, bound);
    }
    pass?.end();
  }

  /**
   * Replays one step with a pass and two timestamps a dispatch.
   *
   * @returns times by kernel name, longest first
   * @throws Error when the device has no timestamps
   */
  async profile(feeds: Feeds): Promise<KernelTime[]> {
    const { device } = this.#gpu;
    if (!device.features.has("timestamp-query")) {
      throw new Error("Cannot profile: this device has no timestamp queries");
    }
    const times = await this.#timestamps(feeds);
    const byName = new Map<string, { calls: number; milliseconds: number; flops: number }>();
    this.#bound.forEach(({ dispatch: { spec, flops } }, i) => {
      const entry = byName.get(spec.name) ?? { calls: 0, milliseconds: 0, flops: 0 };
      entry.calls++;
      entry.milliseconds += Number(times[2 * i + 1] - times[2 * i]) / 1e6;
      entry.flops += flops;
      byName.set(spec.name, entry);
    });
    return [...byName].map(([name, entry]) => ({ name, ...entry }))
      .sort((a, b) => b.milliseconds - a.milliseconds);
  }

  /** Gives the arena back. */
  [Symbol.dispose](): void {
    for (const storage of this.#arena) this.#gpu.pool.release(storage);
    for (const storage of this.plan.slotOf.keys()) storage.released = true;
    for (const { tensor } of this.#feeds) this.#gpu.pool.release(tensor.storage);
    this.#uniforms?.destroy();
    this.#textures[Symbol.dispose]();
    this.#ring?.destroy();
  }

  #packUniforms(dispatches: readonly Dispatch[]): GPUBuffer | undefined {
    const stride = this.#stride();
    const size = dispatches.length * stride;
    if (!size) return undefined;
    this.#gpu.otherBuffers++;
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const buffer = this.#gpu.device.createBuffer({ label: "uniforms", size, usage });
    const bytes = new Uint8Array(size);
    dispatches.forEach(({ uniform }, i) => bytes.set(new Uint8Array(uniform), i * stride));
    this.#gpu.device.queue.writeBuffer(buffer, 0, bytes);
    return buffer;
  }

  #stride(): number {
    return Math.max(256, this.#gpu.device.limits.minUniformBufferOffsetAlignment);
  }

  #bind(dispatches: readonly Dispatch[]): Bound[] {
    return dispatches.map((dispatch, i) => {
      const { pipeline, layouts } = this.#gpu.pipelines.get(dispatch);
      const uniform = dispatch.uniform.byteLength ? this.#uniforms : undefined;
      const offset = i * this.#stride();
      const textures = this.#textures;
      const groups = this.#gpu.bindGroupsOf(dispatch, { layouts, textures, uniform, offset });
      return { dispatch, pipeline, groups };
    });
  }

  /** Host data of all steps into one ring buffer, which grows only when more steps come at once. */
  #upload(steps: readonly Feeds[]): void {
    const size = steps.length * this.feedBytes;
    if (!size) return;
    if (!this.#ring || this.#ring.size < size) {
      this.#ring?.destroy();
      this.#gpu.otherBuffers++;
      const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      this.#ring = this.#gpu.device.createBuffer({ label: "feeds", size, usage });
      this.#host = new Uint8Array(size);
    }
    steps.forEach((feeds, i) => this.#packStep(feeds, i * this.feedBytes));
    this.#gpu.device.queue.writeBuffer(this.#ring, 0, this.#host, 0, size);
  }

  #packStep(feeds: Feeds, start: number): void {
    for (const { name, tensor, offset } of this.#feeds) {
      const data = feeds[name];
      if (data?.length !== sizeOf(tensor.shape)) {
        throw new RangeError(
          `Cannot run the program: feed "${name}" has ${data?.length ?? "no"} elements, expected ${
            sizeOf(tensor.shape)
          }`,
        );
      }
      if (data instanceof Float64Array || dtypeOf(data) !== tensor.dtype) {
        throw new TypeError(
          `Cannot run the program: feed "${name}" is a ${data.constructor.name}, expected ${
            describe(tensor)
          }`,
        );
      }
      this.#host.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + offset);
    }
  }

  #copyFeeds(encoder: GPUCommandEncoder, step: number): void {
    const start = step * this.feedBytes;
    for (const { tensor, offset, bytes } of this.#feeds) {
      encoder.copyBufferToBuffer(this.#ring!, start + offset, bufferOf(tensor), 0, bytes);
    }
  }

  async #timestamps(feeds: Feeds): Promise<BigUint64Array> {
    const { device } = this.#gpu;
    const count = 2 * this.#bound.length;
    const querySet = device.createQuerySet({ type: "timestamp", count });
    const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
    const resolved = device.createBuffer({ size: 8 * count, usage });
    const staging = device.createBuffer({
      size: 8 * count,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    this.#upload([feeds]);
    const encoder = device.createCommandEncoder({ label: "profile" });
    this.#copyFeeds(encoder, 0);
    this.#bound.forEach((bound, i) => {
      // An empty pass marks the beginning, so that copying the operands counts.
      const start = { querySet, beginningOfPassWriteIndex: 2 * i };
      encoder.beginComputePass({ timestampWrites: start }).end();
      this.#textures.copy(encoder, bound.dispatch);
      const end = { querySet, endOfPassWriteIndex: 2 * i + 1 };
      const pass = encoder.beginComputePass({ timestampWrites: end });
      encode(pass, bound);
      pass.end();
    });
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
    device.queue.submit([encoder.finish()]);
    await this.#gpu.answer(() => staging.mapAsync(GPUMapMode.READ));
    const times = new BigUint64Array(staging.getMappedRange().slice(0));
    for (const buffer of [resolved, staging]) buffer.destroy();
    querySet.destroy();
    this.#gpu.check();
    return times;
  }
}

/** Takes memory for all of them or, where the budget does not reach, for none. */
function allocateAll(gpu: Gpu, storages: readonly Storage[]): void {
  try {
    for (const storage of storages) gpu.pool.allocate(storage);
  } catch (error) {
    for (const storage of storages) if (storage.buffer) gpu.pool.release(storage);
    throw error;
  }
}

const feedStorages = ({ feeds }: Recorder) => [...feeds.values()].map(({ storage }) => storage);

/** Where each feed lies among the feeds of a step. */
function feedSlots({ feeds }: Recorder): FeedSlot[] {
  let offset = 0;
  return [...feeds].map(([name, tensor]) => {
    const slot = { name, tensor, offset, bytes: tensor.storage.bytes };
    offset += slot.bytes;
    return slot;
  });
}

function encode(pass: GPUComputePassEncoder, { pipeline, groups, dispatch }: Bound): void {
  pass.setPipeline(pipeline);
  groups.forEach((group, i) => pass.setBindGroup(i, group));
  pass.dispatchWorkgroups(...dispatch.grid);
}
