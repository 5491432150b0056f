/**
 * The warp on the device: crop, downsampling, perturbation and colour of a batch in one pass over
 * its bytes.
 */
import { whole } from "../gpu/check.ts";
import text from "./augment.wgsl" with { type: "text" };
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Tensor } from "../gpu/tensor.ts";

const augmentKernel = kernel({
  name: "augment",
  source: [GRID, { file: "nn/augment.wgsl", text }],
  entry: "augment",
  inputs: { images: "u8: b h w 3", matrices: "b v 6", alphas: "b" },
  outputs: { result: "b v size size 3" },
  threads: ({ b, v, size }) => b * v * size * size,
  flops: ({ b, v, size }) => 50 * b * v * size * size,
});

/** What `augment` reads. */
export interface AugmentInputs {
  /** RGB bytes, u8 `[b, h, w, 3]`. */
  readonly images: Tensor;
  /** For each view the map from output to input pixels, `[b, v, 6]`; see `viewMatrices`. */
  readonly matrices: Tensor;
  /** For each example the multiple of the colour vector to add, `[b]`; 0 adds nothing. */
  readonly alphas: Tensor;
}

/** How `augment` works. */
export interface AugmentOptions {
  /** Output pixels along a side. */
  readonly size: number;
  /** The colour vector, for values in [0, 1]. Default zeros. */
  readonly colour?: readonly [red: number, green: number, blue: number];
}

/**
 * Looks up every pixel of every view at its input position (bilinear, no other filter), divides by
 * 255, adds the colour and clips to [0, 1].
 *
 * Beyond its border an image goes on as if mirrors stood on the outermost pixels, which are not
 * repeated: …3 2 1 0 1 2 3… This is scikit-image's `mode="reflect"` of `warp`, numpy's `reflect`
 * and scipy.ndimage's `mirror`. There is no gradient: images are not trained.
 *
 * @returns f32 `[b, v, size, size, 3]`
 *
 * @example
 * ```ts
 * import * as cetus from "jsr:@cetus/cetus";
 *
 * using gpu = await cetus.openGpu();
 * const images = gpu.upload(cetus.ndarray([1, 64, 64, 3], new Uint8Array(64 * 64 * 3)));
 * const drawn = cetus.drawPerturbation(cetus.key(1));
 * const crop = { inputSize: 64, outputSize: 20, factor: 3 };
 * const matrices = cetus.viewMatrices([drawn], { ...crop, turns: [0, 45] });
 * const views = cetus.augment(gpu, {
 *   images,
 *   matrices: gpu.upload(cetus.ndarray([1, 2, 6], matrices)),
 *   alphas: gpu.upload(cetus.ndarray([1], Float32Array.of(drawn.alpha))),
 * }, { size: 20 });
 * console.log(views.shape); // [1, 2, 20, 20, 3]
 * ```
 */
export function augment(
  context: Context,
  { images, matrices, alphas }: AugmentInputs,
  { size, colour = [0, 0, 0] }: AugmentOptions,
): Tensor {
  whole("Cannot augment", { size }, 1);
  const [red, green, blue] = colour;
  const dims = { size, red, green, blue };
  return augmentKernel(context, { images, matrices, alphas }, { dims, label: "views" }).result;
}
