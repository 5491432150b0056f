/**
 * Local contrast normalisation of spectrograms: each value minus the Gaussian mean around it, divided
 * by the Gaussian deviation around it.
 *
 * @module
 */
import text from "./contrast.wgsl" with { type: "text" };
import { within } from "../gpu/check.ts";
import { type Context, type EagerContext, kernel } from "../gpu/kernel.ts";
import type { Dims } from "../gpu/signature.ts";
import { GRID, OPERANDS } from "../gpu/sources.ts";
import { checkTensor, type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import { gaussianWeights } from "./gaussian.ts";

/** How wide the neighbourhoods are. The defaults are the whale detector's best settings. */
export interface ContrastOptions {
  /** Standard deviation of the window of the mean, in frames and bins alike. Default 5.016. */
  readonly meanSigma?: number;
  /** Standard deviation of the window of the deviation, in frames and bins. Default 3.635. */
  readonly deviationSigma?: number;
  /**
   * Added to the variance, in squared units of the image. Default 1e-6; 0 is the published form, which
   * makes rounding large where the image is flat, and 0 where nothing was rounded.
   */
  readonly epsilon?: number;
}

/** The options' defaults. */
export const CONTRAST_DEFAULTS: Required<ContrastOptions> = {
  meanSigma: 5.016,
  deviationSigma: 3.635,
  epsilon: 1e-6,
};

/** Windows on the device, made once by `prepareContrast` for any number of images. */
export interface Contrast {
  /** Weights of the mean, [2 r + 4, 4]. */
  readonly mean: Tensor;
  /** Weights of the deviation, [2 r + 4, 4]. */
  readonly deviation: Tensor;
  /** Added to the variance. */
  readonly epsilon: number;
}

const FILE = { file: "audio/contrast.wgsl", text } as const;

const shared = {
  source: [GRID, OPERANDS, FILE],
  texels: { x: "scalar", weights: "vec4" },
  outputs: { result: "*size" },
  threads: ({ outer, extent, inner }: Dims) => outer * Math.ceil(extent / 4) * inner,
} as const;
const inputs = { x: "*size", weights: "taps 4" } as const;
const blur = kernel({ ...shared, name: "contrast/blur", entry: "blur", inputs });
const withImage = (name: string, entry: string) =>
  kernel({ ...shared, name, entry, inputs: { ...inputs, image: "*size" } });
const subtractBlur = withImage("contrast/subtract", "subtract_blur");
const divideByBlur = withImage("contrast/divide", "divide_by_blur");

/**
 * Puts the windows on the device.
 *
 * @param context where they go
 * @throws {RangeError} when a sigma is not positive or epsilon negative
 */
export function prepareContrast(context: EagerContext, options: ContrastOptions = {}): Contrast {
  const { meanSigma, deviationSigma, epsilon } = { ...CONTRAST_DEFAULTS, ...options };
  within("Cannot prepare contrast normalisation", { epsilon }, 0);
  return {
    mean: context.upload(weightTable(meanSigma), "contrast mean"),
    deviation: context.upload(weightTable(deviationSigma), "contrast deviation"),
    epsilon,
  };
}

/** Row j holds weights j to j - 3: what one value weighs in four neighbouring outputs. */
function weightTable(sigma: number): NdArray<Float64Array> {
  const weights = gaussianWeights(sigma);
  const rows = weights.length + 3;
  const data = Float64Array.from({ length: 4 * rows }, (_, i) => weights[(i >> 2) - (i & 3)] ?? 0);
  return ndarray([rows, 4], data);
}

/**
 * out = c / sqrt(V + epsilon) with c = x - G x and V = G' c², G and G' being Gaussian blurs along
 * both axes with half-sample reflection at the borders (SciPy's `gaussian_filter` with its default
 * mode).
 *
 * @param x spectrograms [b, t, q]: frames by bins
 * @param contrast from `prepareContrast`
 * @returns [b, t, q]
 *
 * @example
 * ```ts
 * import { ndarray, normaliseContrast, openGpu, prepareContrast } from "jsr:@cetus/cetus";
 *
 * using gpu = await openGpu();
 * const contrast = prepareContrast(gpu, { meanSigma: 5 });
 * const spectrograms = gpu.upload(ndarray([2, 30, 20], new Float32Array(2 * 30 * 20)));
 * console.log(normaliseContrast(gpu, spectrograms, contrast).shape); // [2, 30, 20]
 * ```
 */
export function normaliseContrast(context: Context, x: Tensor, contrast: Contrast): Tensor {
  checkTensor(x.shape.length === 3, "Cannot normalise the contrast", x, "spectrograms [b, t, q]");
  const [b, t, q] = x.shape;
  const alongBins = { outer: b * t, extent: q, inner: 1, squared: 0, epsilon: 0 };
  const alongFrames = { outer: b, extent: t, inner: q, squared: 0, epsilon: 0 };
  const { mean, deviation, epsilon } = contrast;
  const half = blur(context, { x, weights: mean }, { dims: alongBins }).result;
  const centred =
    subtractBlur(context, { x: half, weights: mean, image: x }, { dims: alongFrames }).result;
  const squares = blur(context, { x: centred, weights: deviation }, {
    dims: { ...alongBins, squared: 1 },
  }).result;
  return divideByBlur(context, { x: squares, weights: deviation, image: centred }, {
    dims: { ...alongFrames, epsilon },
    label: "contrast",
  }).result;
}
