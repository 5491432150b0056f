/**
 * The single road to a dispatch: checks shapes from signatures, makes outputs, fills the uniform,
 * folds long grids, and hands the dispatch to a context, which runs it (`Gpu`, `Scope`) or records it
 * (`Recorder`).
 */
import { oneOf } from "./check.ts";
import {
  bindAxes,
  collectedAxes,
  type Dims,
  outputShape,
  parseSignature,
  type Signature,
} from "./signature.ts";
import { OPERANDS, type Source, TEXEL_OPERANDS } from "./sources.ts";
import type { DType, HostData, NdArray, Shape, Tensor } from "./tensor.ts";

/** A compute kernel as data. `In` and `Out` are the names of its tensors. */
export interface KernelSpec<In extends string = string, Out extends string = string> {
  /** Such as `"conv2d/backward_weight"`: errors, labels, profiles. */
  readonly name: string;
  /**
   * Whole WGSL files, concatenated in this order. The fields of their `struct Params`, the uniform at
   * `@group(1) @binding(0)`, are filled by name: extents or scalars, each u32, i32 or f32, `key_high`
   * from `keyHigh`.
   */
  readonly source: readonly Source[];
  /** Entry point. Its workgroup size must be 64 on x. */
  readonly entry: string;
  /** Read-only tensors at `@group(0)`, bindings 0, 1, …, with their signatures. */
  readonly inputs: Readonly<Record<In, string>>;
  /** Read-write tensors at `@group(0)`, bindings after the inputs. */
  readonly outputs: Readonly<Record<Out, string>>;
  /**
   * Inputs that the software driver reads as textures, f32 only: `vec4` four elements a texel, `scalar`
   * one. Each dispatch copies them first; see `texels.ts` for why. The shader loads them by the
   * functions of `OPERANDS`, which is among its sources.
   */
  readonly texels?: NoInfer<Readonly<Partial<Record<In, TexelKind>>>>;
  /** Values of `override` constants. */
  readonly constants?: Dims;
  /** Invocations needed; rounded up to whole workgroups. */
  threads(dims: Dims): number;
  /** Floating-point operations of a call, for profiles and `summary()`. */
  flops?(dims: Dims): number;
}

/** Elements of a texel: four or one. */
export type TexelKind = "vec4" | "scalar";

/** What a call may add to its inputs. */
export interface CallOptions<Out extends string = string> {
  /** Extents that the inputs do not tell, and scalars, by the names of the fields of `Params`. */
  readonly dims?: Dims;
  /** Tensors to write into; others are made. */
  readonly into?: Partial<Record<Out, Tensor>>;
  /** Labels of the outputs that are made; the kernel's name where absent. */
  readonly label?: string;
  /** Values of `override` constants for this call; each set of values is its own pipeline. */
  readonly constants?: Dims;
}

/** A kernel bound to tensors, ready to run or to record. */
export interface Dispatch {
  /** The kernel. */
  readonly spec: KernelSpec;
  /** Inputs, then outputs. */
  readonly tensors: readonly Tensor[];
  /** How many of `tensors` are inputs. */
  readonly inputCount: number;
  /** Bytes of the uniform; empty when the kernel has none. */
  readonly uniform: ArrayBuffer;
  /** Values of `override` constants. */
  readonly constants: Dims;
  /** Workgroups on x and y. */
  readonly grid: readonly [number, number];
  /** Floating-point operations, 0 when the kernel does not count them. */
  readonly flops: number;
}

/**
 * Where kernels run: a `Gpu` runs them now, a `Scope` too and owns what they make, a `Recorder` keeps
 * them for replay.
 */
export interface Context {
  /** Which of two equivalent kernels suits the device: direct loads or staging in workgroup memory. */
  readonly profile: DeviceProfile;
  /** A tensor whose contents are undefined until a kernel writes it. */
  empty(shape: Shape, options?: { dtype?: DType; label?: string }): Tensor;
  /** A tensor that lives until it is released: parameters, optimiser state, accumulators. */
  persistent(shape: Shape, options?: { dtype?: DType; label?: string }): Tensor;
  /** Runs or records a dispatch. */
  dispatch(dispatch: Dispatch): void;
}

/** A context that runs at once, a `Gpu` or a `Scope`: elements go in and come out. */
export interface EagerContext extends Context {
  /** What the device allows. */
  readonly limits: GPUSupportedLimits;
  /** A tensor with the elements of a host array; float64 is narrowed to f32. */
  upload(host: NdArray, label?: string): Tensor;
  /** Writes host elements into a tensor, from element `offset` on, by default its first. */
  write(tensor: Tensor, data: HostData, offset?: number): void;
  /** Reads a tensor back: waits for the device. */
  read(tensor: Tensor): Promise<NdArray>;
  /** Reads several small tensors in one wait. */
  readAll(tensors: readonly Tensor[]): Promise<NdArray[]>;
  /** Gives the memory of tensors back to the pool. */
  release(...tensors: Tensor[]): void;
}

/** What kernels need to know of a device to choose between equivalent forms. */
export type DeviceProfile = "software" | "card";

/** A callable kernel: outputs by name. */
export type Kernel<In extends string, Out extends string> = (
  context: Context,
  inputs: Readonly<Record<In, Tensor>>,
  options?: CallOptions<Out>,
) => Record<Out, Tensor>;

/** Invocations in every workgroup of the toolkit. */
export const WORKGROUP_SIZE = 64;
/** WebGPU's limit on an axis of the grid: some vendors keep it in 16 bits. */
const MAX_WORKGROUPS = 65_535;

const registered: KernelSpec[] = [];

/** Every kernel of the modules imported so far: `deno task doctor` must have run each of them. */
export const registeredKernels: readonly KernelSpec[] = registered;

/**
 * Makes a kernel callable.
 *
 * @example
 * ```ts
 * import { GRID, kernel, ndarray, openGpu } from "jsr:@cetus/cetus";
 *
 * // A file of its own in the toolkit: import text from "./scale.wgsl" with { type: "text" };
 * const text = `
 * struct Params { n: u32, factor: f32 }
 * @group(0) @binding(0) var<storage, read> x: array<f32>;
 * @group(0) @binding(1) var<storage, read_write> y: array<f32>;
 * @group(1) @binding(0) var<uniform> params: Params;
 *
 * @compute @workgroup_size(64)
 * fn scale(invocation: Invocation) {
 *     let i = thread_index(invocation);
 *     if (i < params.n) { y[i] = params.factor * x[i]; }
 * }`;
 * const scale = kernel({
 *   name: "scale",
 *   source: [GRID, { file: "scale.wgsl", text }],
 *   entry: "scale",
 *   inputs: { x: "*n" },
 *   outputs: { y: "*n" },
 *   threads: ({ n }) => n,
 * });
 * using gpu = await openGpu();
 * const x = gpu.upload(ndarray([3], Float32Array.of(1, 2, 3)));
 * const { y } = scale(gpu, { x }, { dims: { factor: 2 } });
 * console.log((await gpu.read(y)).data); // [2, 4, 6]
 * ```
 */
export function kernel<In extends string, Out extends string>(
  spec: KernelSpec<In, Out>,
): Kernel<In, Out> {
  const onTextures = withTextures(spec);
  const params = fieldsOf(spec.source);
  registered.push(onTextures);
  const inputs = parseAll(spec.inputs);
  const outputs = parseAll(spec.outputs);
  return (context, tensors, options = {}) => {
    const dims: Record<string, number> = { ...options.dims };
    const origins: Record<string, string> = {};
    const collected: Record<string, Shape> = {};
    for (const [name, signature] of inputs) {
      const tensor = tensors[name];
      if (!tensor) throw new TypeError(`Cannot run ${spec.name}: "${name}" is missing`);
      bindAxes(spec.name, name, signature, tensor, dims, origins);
      if (signature.collects) {
        collected[signature.axes[0]] ??= collectedAxes(signature, tensor.shape);
      }
    }
    const results = {} as Record<Out, Tensor>;
    for (const [name, signature] of outputs) {
      const given = options.into?.[name];
      if (given) bindAxes(spec.name, name, signature, given, dims, origins);
      results[name] = given ?? context.empty(
        outputShape(spec.name, name, signature, dims, collected),
        { dtype: signature.dtype, label: options.label ?? spec.name },
      );
    }
    const all = [
      ...inputs.map(([name]) => tensors[name]),
      ...outputs.map(([name]) => results[name]),
    ];
    for (const tensor of all) checkUsable(spec.name, tensor);
    checkApart(spec.name, all, inputs.length);
    context.dispatch({
      spec: context.profile === "card" ? onBuffers(onTextures) : onTextures,
      tensors: all,
      inputCount: inputs.length,
      uniform: uniformBytes(spec.name, params, dims),
      constants: { ...spec.constants, ...options.constants },
      grid: foldGrid(spec.name, Math.ceil(spec.threads(dims) / WORKGROUP_SIZE)),
      flops: spec.flops?.(dims) ?? 0,
    });
    return results;
  };
}

const bufferForms = new WeakMap<KernelSpec, KernelSpec>();

/** The form of a kernel that reads the operands named in `texels` from textures. */
function withTextures(spec: KernelSpec): KernelSpec {
  if (!spec.texels) return spec;
  const source = spec.source.map((file) => file === OPERANDS ? TEXEL_OPERANDS : file);
  const onTextures = { ...spec, source };
  bufferForms.set(onTextures, { ...spec, texels: undefined });
  return onTextures;
}

/**
 * The form of a kernel that reads all operands from their buffers: for cards, and for operands that no
 * texture has room for. The bits are the same.
 */
export function onBuffers(spec: KernelSpec): KernelSpec {
  return bufferForms.get(spec) ?? spec;
}

function parseAll<Name extends string>(
  signatures: Readonly<Record<Name, string>>,
): [Name, Signature][] {
  return (Object.keys(signatures) as Name[]).map((
    name,
  ) => [name, parseSignature(signatures[name])]);
}

function checkUsable(kernel: string, tensor: Tensor): void {
  if (tensor.storage.released) {
    throw new Error(`Cannot run ${kernel}: "${tensor.label}" was released`);
  }
}

/** Threads would read what others have written, and WebGPU forbids it for buffers. */
function checkApart(kernel: string, tensors: readonly Tensor[], inputCount: number): void {
  const inputs = tensors.slice(0, inputCount);
  for (const output of tensors.slice(inputCount)) {
    if (inputs.every(({ storage }) => storage !== output.storage)) continue;
    throw new Error(`Cannot run ${kernel}: it would write "${output.label}" while reading it`);
  }
}

/** A field of a kernel's uniform. */
interface Field {
  readonly name: string;
  readonly isFloat: boolean;
}

/** Types of a field of `Params`: 4 bytes each, so that they lie one after another. */
const SCALARS = ["u32", "i32", "f32"];

/** The fields of `struct Params`, which only one of the files declares; none where none does. */
function fieldsOf(source: readonly Source[]): readonly Field[] {
  const bodies = source.map(({ text }) => /^struct Params\s*{([^}]*)}/m.exec(text)?.[1] ?? "");
  const fields = bodies.join("").replace(/\/\/.*/g, "");
  return Array.from(fields.matchAll(/(\w+):\s*([\w<>]+)/g), ([, field, type]) => {
    const name = field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    oneOf("Cannot make a kernel", { [`the type of ${field} in Params`]: type }, SCALARS);
    return { name, isFloat: type === "f32" };
  });
}

/** Packs the uniform struct: 4 bytes a field, in order, padded to 16. */
function uniformBytes(kernel: string, params: readonly Field[], dims: Dims): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(Math.ceil(params.length / 4) * 16));
  params.forEach(({ name, isFloat }, i) => {
    const value = dims[name];
    if (value === undefined) throw new RangeError(`Cannot run ${kernel}: ${name} is not given`);
    if (isFloat) return view.setFloat32(4 * i, value, true);
    if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
      throw new RangeError(
        `Cannot run ${kernel}: ${name} is ${value}, expected a whole number of 32 bits`,
      );
    }
    view.setUint32(4 * i, value >>> 0, true);
  });
  return view.buffer;
}

/** Spreads a row of workgroups over x and y so that neither passes the limit. */
export function foldGrid(kernel: string, workgroups: number): [number, number] {
  if (workgroups <= MAX_WORKGROUPS) return [Math.max(1, workgroups), 1];
  const rows = Math.ceil(workgroups / MAX_WORKGROUPS);
  if (rows > MAX_WORKGROUPS) {
    throw new RangeError(
      `Cannot run ${kernel}: ${workgroups} workgroups are more than 65,535 squared`,
    );
  }
  return [Math.ceil(workgroups / rows), rows];
}
