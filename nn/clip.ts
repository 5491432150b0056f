/** Clipping of gradients by their global norm. */
import text from "./clip.wgsl" with { type: "text" };
import { positive, whole } from "../gpu/check.ts";
import { type Context, kernel, WORKGROUP_SIZE } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import type { Param } from "./layer.ts";

/** Most partial sums of a gradient: enough threads for a large card, few enough for one workgroup. */
const MAX_GROUPS = 1024;

const shared = {
  source: [GRID, { file: "nn/clip.wgsl", text }],
} as const;

const sumSquares = kernel({
  ...shared,
  name: "clip/sum_squares",
  entry: "sum_squares",
  inputs: { grad: "*n" },
  outputs: { partials: "total" },
  threads: ({ groups }) => groups * WORKGROUP_SIZE,
  flops: ({ n }) => 2 * n,
});
const findFactor = kernel({
  ...shared,
  name: "clip/find_factor",
  entry: "find_factor",
  inputs: { partials: "total" },
  outputs: { clip: "4" },
  threads: () => WORKGROUP_SIZE,
  flops: ({ total }) => total,
});
const scaleGradient = kernel({
  ...shared,
  name: "clip/scale_gradient",
  entry: "scale_gradient",
  inputs: { factor: "4" },
  outputs: { grad: "*n" },
  threads: ({ n }) => Math.ceil(n / 4),
  flops: ({ n }) => n,
});

/**
 * Scales all gradients, in place, by the same factor min(1, maxNorm / norm), where norm is the root
 * of the sum of the squares of all their elements (Pascanu et al. 2013, "On the difficulty of
 * training recurrent neural networks", algorithm 1). Run it between backward and the optimiser. The
 * order of every sum is fixed.
 *
 * A norm that is NaN leaves the gradients as they are, so that the NaN is found; one beyond the
 * range of f32 (elements from about 1e19 on) makes them 0.
 *
 * @param maxNorm the largest norm that is let through, above 0
 * @returns `f32 [4]`: the factor, the norm before clipping, `maxNorm`, 0
 */
export function clipByGlobalNorm(
  context: Context,
  params: readonly Param[],
  maxNorm: number,
): Tensor {
  positive("Cannot clip gradients", { maxNorm });
  whole("Cannot clip gradients", { parameters: params.length }, 1);
  const pieces = params.map(({ grad }) => groupsOf(sizeOf(grad.shape)));
  const total = pieces.reduce((sum, groups) => sum + groups, 0);
  const partials = context.empty([total], { label: "clip/partials" });
  let offset = 0;
  params.forEach(({ grad }, i) => {
    const dims = { groups: pieces[i], offset, total, maxNorm };
    sumSquares(context, { grad }, { dims, into: { partials } });
    offset += pieces[i];
  });
  const unused = { groups: 0, offset: 0, maxNorm };
  const { clip } = findFactor(context, { partials }, { dims: { ...unused, n: 0 } });
  for (const { grad } of params) {
    scaleGradient(context, { factor: clip }, { dims: { ...unused, total: 0 }, into: { grad } });
  }
  return clip;
}

/** One workgroup for every 1,024 elements, up to the most. */
function groupsOf(size: number): number {
  return Math.min(MAX_GROUPS, Math.ceil(size / (16 * WORKGROUP_SIZE)));
}
