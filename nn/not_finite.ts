/**
 * Why a loss is not finite: what of the step is not.
 *
 * @module
 */
import { sizeOf } from "../gpu/tensor.ts";
import type { Dataset } from "./data.ts";
import type { Model } from "./model.ts";

/**
 * Names the first number of a batch that is NaN or Infinity; else the first parameter, in the order of
 * the layers, that holds or is given one.
 *
 * @param indices the examples of the batch
 * @param batch what was read of them, by field
 */
export async function firstNonFinite(
  model: Model,
  data: Dataset,
  indices: Uint32Array,
  batch: Awaited<ReturnType<Dataset["read"]>>,
): Promise<string> {
  for (const [name, { shape }] of Object.entries(data.fields)) {
    const size = sizeOf(shape);
    const bad = batch[name].subarray(0, indices.length * size).findIndex((v) =>
      !Number.isFinite(v)
    );
    if (bad >= 0) {
      return `example ${indices[Math.floor(bad / size)]} has ${batch[name][bad]} in "${name}"`;
    }
  }
  for (const which of ["value", "grad"] as const) {
    for (const param of model.params) {
      const { data } = await model.gpu.read(param[which]);
      if (data.every(Number.isFinite)) continue;
      const what = which === "grad" ? "gradient" : "value";
      return `"${param.name}" has a ${what} that is not finite`;
    }
  }
  return "all parameters, gradients and numbers of its batch are finite";
}
