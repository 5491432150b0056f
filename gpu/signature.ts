/**
 * Shape signatures: one short string per tensor, from which shapes are checked, output shapes and
 * uniforms are made, and every shape error is worded.
 *
 * `"b h w c"` names the axes; equal names must have equal extents in all tensors of a kernel.
 * `"u32: n"` sets the element type (f32 when absent). `"*n"` stands for any axes with n elements in
 * all, `"*n c"` for any leading axes and a last one. A number is a fixed extent: `"b 37"`.
 */
import { describe, type DType, type Shape, type Tensor } from "./tensor.ts";

/** Extents by axis name. */
export type Dims = Readonly<Record<string, number>>;

/** A parsed signature. */
export interface Signature {
  /** As written, for errors. */
  readonly text: string;
  /** Element type. */
  readonly dtype: DType;
  /** True when the first axis collects any number of leading axes. */
  readonly collects: boolean;
  /** Names of the axes, or fixed extents. */
  readonly axes: readonly (string | number)[];
}

/** Parses a signature such as `"u32: *n c"`. */
export function parseSignature(text: string): Signature {
  const match = /^(?:(f32|u32|i32|f16|u8):\s*)?(\*)?([\w\s]+)$/.exec(text.trim());
  if (!match) throw new SyntaxError(`Cannot parse the signature "${text}"`);
  const axes = match[3].trim().split(/\s+/).map((axis) => /^\d+$/.test(axis) ? Number(axis) : axis);
  return {
    text,
    dtype: (match[1] as DType | undefined) ?? "f32",
    collects: match[2] === "*",
    axes,
  };
}

/** Leading axes folded into one where the signature collects them. */
function foldedShape(signature: Signature, shape: Shape): Shape {
  if (!signature.collects || shape.length < signature.axes.length) return shape;
  const tail = signature.axes.length - 1;
  const head = shape.slice(0, shape.length - tail).reduce((a, b) => a * b, 1);
  return [head, ...shape.slice(shape.length - tail)];
}

/**
 * Matches a tensor with its signature and adds the extents found to `dims`.
 *
 * @param kernel name of the kernel, for errors
 * @param name name of the tensor, for errors
 * @param origins for each axis name the tensor that fixed it, for errors
 */
export function bindAxes(
  kernel: string,
  name: string,
  signature: Signature,
  tensor: Pick<Tensor, "shape" | "dtype">,
  dims: Record<string, number>,
  origins: Record<string, string>,
): void {
  const came = `"${name}" is ${describe(tensor)}`;
  if (tensor.dtype !== signature.dtype) {
    throw new TypeError(`Cannot run ${kernel}: ${came}, expected ${signature.dtype}`);
  }
  const shape = foldedShape(signature, tensor.shape);
  if (shape.length !== signature.axes.length) {
    throw new RangeError(`Cannot run ${kernel}: ${came}, expected [${signature.text}]`);
  }
  signature.axes.forEach((axis, i) => {
    const wanted = typeof axis === "number" ? axis : dims[axis];
    if (wanted !== undefined && wanted !== shape[i]) {
      const rule = typeof axis === "number"
        ? ""
        : ` with the ${axis} of ${origins[axis] ?? "the options"}, ${wanted}`;
      throw new RangeError(
        `Cannot run ${kernel}: ${came}, expected [${signature.text}]${rule}`,
      );
    }
    if (typeof axis === "string" && wanted === undefined) {
      dims[axis] = shape[i];
      origins[axis] = `"${name}"`;
    }
  });
}

/**
 * The shape that an output takes. A collecting axis takes the leading axes of the first input that
 * collects the same name.
 */
export function outputShape(
  kernel: string,
  name: string,
  signature: Signature,
  dims: Dims,
  collected: Readonly<Record<string, Shape>>,
): Shape {
  return signature.axes.flatMap((axis, i) => {
    if (typeof axis === "number") return [axis];
    if (i === 0 && signature.collects && collected[axis]) return collected[axis];
    if (dims[axis] === undefined) {
      throw new RangeError(`Cannot run ${kernel}: the extent ${axis} of "${name}" is not known`);
    }
    return [dims[axis]];
  });
}

/** The leading axes that a collecting signature swallowed. */
export function collectedAxes(signature: Signature, shape: Shape): Shape {
  return shape.slice(0, shape.length - (signature.axes.length - 1));
}
