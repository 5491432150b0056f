/** Runs a layer without parameters for a test, at once and replayed. */
import type { NdArray } from "../../gpu/tensor.ts";
import type { LayerSpec } from "../../nn/layer.ts";
import { EXACT } from "../../tasks/doctor/bench.ts";
import { compareLayer, type LayerInputs } from "../../tasks/doctor/compare_layer.ts";
import { runTwice, sharedGpu } from "../check.ts";

/** What the layer gave. */
export interface LayerRun {
  /** Output. */
  readonly y: NdArray;
  /** Gradient of the input. */
  readonly dx: NdArray;
}

/**
 * Forward and backward of a layer named `"layer"`: run at once, in memory that held NaN before, so
 * that an element left unwritten shows; then recorded and replayed, which must give the same bits.
 */
export async function runLayer(
  spec: LayerSpec,
  x: NdArray,
  dy: NdArray,
  options: Pick<LayerInputs, "train" | "state"> = {},
): Promise<LayerRun> {
  // Shapes alone are compared: the caller judges the elements.
  const data = new Float64Array(0);
  const shapes = { y: { shape: dy.shape, data }, dx: { shape: x.shape, data } };
  const { results: [y, dx] } = await runTwice(
    (bench) => compareLayer(bench, spec, { x, dy, ...options }, shapes, { y: EXACT, dx: EXACT }),
    (await sharedGpu()).profile,
  );
  return { y, dx };
}
