/**
 * Layers over sequences [b, t, c], such as sound: t frames of c channels. They are the layers of images
 * of a single row, and share their kernels; a single column would be a third slower in the gradient of
 * the weights, whose inner loop runs along a row.
 */
import { check } from "../gpu/check.ts";
import { reshape, type Shape } from "../gpu/tensor.ts";
import { concat } from "./concat.ts";
import { conv2d, type Conv2dLayerOptions } from "./conv2d.ts";
import type { LayerSpec } from "./layer.ts";
import { globalPool, maxPool, type PoolKind, type PoolOptions } from "./pool.ts";

/** Options of a convolution over time. */
export interface Conv1dOptions extends Omit<Conv2dLayerOptions, "size" | "bias" | "padding"> {
  /** Frames of a filter. */
  readonly length: number;
  /** `"tied"` (default): one bias a filter; or `"none"`. */
  readonly bias?: "tied" | "none";
}

/**
 * Convolution over time, without padding: [b, t, c] to [b, ot, filters] with
 * ot = floor((t - length) / stride) + 1. Parameters: `weight` [1, length, c, filters], with weight decay,
 * and `bias` [filters], without.
 *
 * @throws RangeError when a filter is longer than the sequence
 *
 * @example
 * ```ts
 * import { conv1d } from "./temporal.ts";
 *
 * const spec = conv1d({ length: 4, filters: 64, activation: "relu" });
 * console.log(spec.outputShape([16, 128, 128])); // [16, 125, 64]
 * ```
 */
export function conv1d({ length, ...options }: Conv1dOptions): LayerSpec {
  // Valid padding, unlike "same", asks nothing of the single row.
  return overTime("conv1d", conv2d({ ...options, size: [1, length], padding: "valid" }));
}

/** Windows of a pooling over time. */
export interface Pool1dOptions {
  /** Frames of a window, and from one window to the next. Default 2. */
  readonly size?: number;
  /** `"drop"` (default) leaves out the frames after the last whole window; `"clip"` pools them too. */
  readonly border?: PoolOptions["border"];
  /** Name of the layer. */
  readonly name?: string;
}

/** The largest value of each window of frames: [b, t, c] to [b, floor(t / size), c]. */
export function maxPool1d({ size = 2, border = "drop", name }: Pool1dOptions = {}): LayerSpec {
  return overTime("maxPool1d", maxPool({ size: [1, size], border, name }));
}

/**
 * Pools all frames, once for each kind, side by side: [b, t, c] to [b, kinds c] (Dieleman 2014,
 * "Recommending music on Spotify with deep learning": mean, maximum and L2 norm; the norm here is
 * sqrt(mean of squares + 1e-8), so that it does not grow with t).
 *
 * @param kinds default mean, maximum and L2
 *
 * @example
 * ```ts
 * import { temporalPool } from "./temporal.ts";
 *
 * console.log(temporalPool().outputShape([16, 32, 512])); // [16, 1536]
 * ```
 */
export function temporalPool(
  kinds: readonly PoolKind[] = ["mean", "max", "l2"],
  options: { readonly name?: string } = {},
): LayerSpec {
  return overTime("temporalPool", concat(kinds.map((kind) => globalPool(kind)), options));
}

/** A layer of images as one of sequences. */
function overTime(kind: string, images: LayerSpec): LayerSpec {
  const asImage = (input: Shape): Shape => {
    check(input.length === 3, `Cannot build ${kind}`, { input }, "sequences [b, t, c]");
    return [input[0], 1, input[1], input[2]];
  };
  const asSequence = (shape: Shape): Shape =>
    shape.length === 4 ? [shape[0], shape[2], shape[3]] : shape;
  const outputShape = (input: Shape) => asSequence(images.outputShape(asImage(input)));
  return {
    kind,
    name: images.name,
    outputShape,
    build(context, input, options) {
      const layer = images.build(context, asImage(input), options);
      return {
        params: layer.params,
        forward(x, pass) {
          const { y, backward } = layer.forward(reshape(x, asImage(x.shape)), pass);
          return {
            y: reshape(y, asSequence(y.shape)),
            backward(dy, wantDx = true) {
              const dx = backward(reshape(dy, y.shape), wantDx);
              return dx && reshape(dx, x.shape);
            },
          };
        },
      };
    },
  };
}
