/**
 * Why a loss is not finite: what of the examples and of the model is not.
 *
 * @module
 */
import type { Key } from "../gpu/random.ts";
import { sizeOf } from "../gpu/tensor.ts";
import { type Dataset, readAhead } from "./data.ts";
import type { Model } from "./model.ts";

/** Examples that a loss was made of. */
export interface ReadExamples {
  /** Where they come from. */
  readonly data: Dataset;
  /** Batches of them, each with the stream that it was read with. */
  readonly plan: Iterable<{ readonly indices: Uint32Array; readonly key?: Key }>;
  /** Examples a batch. */
  readonly size: number;
}

/**
 * Names the first number of some examples that is NaN or Infinity; else the first parameter, in the
 * order of the layers, that holds or is given one.
 */
export async function firstNonFinite(model: Model, examples: ReadExamples): Promise<string> {
  return await badExample(examples) ?? await badParameter(model) ??
    "all parameters, gradients and numbers of its examples are finite";
}

async function badExample({ data, plan, size }: ReadExamples): Promise<string | undefined> {
  for await (const { fields, indices } of readAhead(data, plan, { size })) {
    for (const [name, { shape }] of Object.entries(data.fields)) {
      const width = sizeOf(shape);
      const numbers = fields[name].subarray(0, indices.length * width);
      const bad = numbers.findIndex((value) => !Number.isFinite(value));
      if (bad < 0) continue;
      return `example ${indices[Math.floor(bad / width)]} has ${numbers[bad]} in "${name}"`;
    }
  }
}

async function badParameter(model: Model): Promise<string | undefined> {
  for (const which of ["value", "grad"] as const) {
    for (const param of model.params) {
      const { data } = await model.gpu.read(param[which]);
      if (data.every(Number.isFinite)) continue;
      const what = which === "grad" ? "gradient" : "value";
      return `"${param.name}" has a ${what} that is not finite`;
    }
  }
}
