/** Shapes, element types, host arrays and device tensors. */
import { displayedArray } from "./array_display.ts";
import { keepDisplay } from "./display.ts";

/** Extents of the axes, outermost first; row-major and contiguous. */
export type Shape = readonly number[];

/** Element types on the device; `u8` is packed four to a `u32`, `f16` two. */
export type DType = "f32" | "u32" | "i32" | "f16" | "u8";

/** Typed arrays that hold host data. */
export type HostData = Float32Array | Float64Array | Uint32Array | Int32Array | Uint8Array;

/** Host side: what decoders, references and metrics use. */
export interface NdArray<T extends HostData = HostData> {
  /** Extents of the axes, outermost first. */
  readonly shape: Shape;
  /** `sizeOf(shape)` elements in row-major order. */
  readonly data: T;
}

/** Device memory behind a tensor. A recorder plans it first and binds a buffer later. */
export class Storage {
  /** The buffer, once there is one. */
  buffer: GPUBuffer | undefined;
  /** True once the memory went back to the pool; any further use is an error. */
  released = false;

  /**
   * Memory that has no buffer yet.
   *
   * @param bytes size, a multiple of 16, so that any tensor can be read as vec4
   * @param label who asked for it; errors and `memory()` report it
   */
  constructor(readonly bytes: number, readonly label: string) {}
}

/**
 * Device side: contiguous, row-major, no strides, no operator methods. In a notebook a tensor reads
 * itself when it is displayed.
 */
export interface Tensor {
  /** Extents of the axes, outermost first. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /** Name for errors and memory reports. */
  readonly label: string;
  /** The memory; tensors made by `reshape` share it. */
  readonly storage: Storage;
}

const BYTES: Readonly<Record<DType, number>> = { f32: 4, u32: 4, i32: 4, f16: 2, u8: 1 };

/** Number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Bytes that a tensor takes on the device: rounded up to 16, so that a tail can be read as vec4. */
export function bytesOf(shape: Shape, dtype: DType = "f32"): number {
  return Math.ceil((sizeOf(shape) * BYTES[dtype]) / 16) * 16;
}

/**
 * Throws unless every extent is a positive safe integer.
 *
 * @param shape extents to check
 * @param label name for the error
 */
export function checkShape(shape: Shape, label: string): void {
  const good = shape.every((extent) => Number.isSafeInteger(extent) && extent > 0);
  if (!good || !Number.isSafeInteger(sizeOf(shape) * 4)) {
    throw new RangeError(
      `Cannot make "${label}": its shape is [${
        shape.join(", ")
      }], expected whole numbers from 1 on`,
    );
  }
}

/** The buffer of a tensor; an error when it is planned only or was released. */
export function bufferOf({ label, storage }: Tensor): GPUBuffer {
  if (storage.released) throw new Error(`Cannot use "${label}": it was released`);
  if (!storage.buffer) {
    throw new Error(`Cannot use "${label}": it exists only inside its recorded program`);
  }
  return storage.buffer;
}

/** Shape and elements as text, such as `f32 [2, 3]`. */
export function describe(tensor: { shape: Shape; dtype?: DType }): string {
  return `${tensor.dtype ?? "f32"} [${tensor.shape.join(", ")}]`;
}

/**
 * Throws unless `good`.
 *
 * @throws {RangeError} `Cannot make cepstra: "song" is f32 [9, 64], expected [t, 128]`
 */
export function checkTensor(
  good: boolean,
  attempt: string,
  tensor: { readonly label: string; readonly shape: Shape; readonly dtype?: DType },
  expected: string,
): asserts good {
  if (good) return;
  throw new RangeError(
    `${attempt}: "${tensor.label}" is ${describe(tensor)}, expected ${expected}`,
  );
}

/**
 * The same memory under another shape.
 *
 * @throws RangeError when the number of elements differs
 */
export function reshape(tensor: Tensor, shape: Shape): Tensor {
  if (sizeOf(shape) !== sizeOf(tensor.shape)) {
    throw new RangeError(
      `Cannot reshape "${tensor.label}" from [${tensor.shape.join(", ")}]: the shape is [${
        shape.join(", ")
      }], expected ${sizeOf(tensor.shape)} elements`,
    );
  }
  return keepDisplay(tensor, { ...tensor, shape });
}

/** Element type on the device for a host array; float64 is narrowed to f32. */
export function dtypeOf(data: HostData): DType {
  if (data instanceof Uint32Array) return "u32";
  if (data instanceof Int32Array) return "i32";
  if (data instanceof Uint8Array) return "u8";
  return "f32";
}

/**
 * A host array from a shape and its elements; checks that they agree. In a notebook it shows its
 * range and a corner of its values, and itself as a picture where it has the shape of one.
 *
 * @param shape extents of the axes, outermost first
 * @param data elements in row-major order; kept, not copied
 * @throws {RangeError} when an extent is no positive integer, or the number of elements differs
 */
export function ndarray<T extends HostData>(shape: Shape, data: T): NdArray<T> {
  checkShape(shape, "array");
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `Cannot make an array of shape [${
        shape.join(", ")
      }]: the number of elements is ${data.length}, expected ${sizeOf(shape)}`,
    );
  }
  return displayedArray({ shape, data });
}
