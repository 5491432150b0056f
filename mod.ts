/**
 * Cetus: a scientific toolkit for Deno whose numerical work runs in hand-written WGSL compute
 * shaders. This module holds the parts; the challenge runs are in `tasks/galaxy/mod.ts`.
 *
 * @example Train a small network on four examples
 * ```ts
 * import * as cetus from "jsr:@cetus/cetus";
 *
 * using gpu = await cetus.openGpu();
 * const x = cetus.ndarray([4, 2], Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1));
 * const target = cetus.ndarray([4, 1], Float32Array.of(0, 1, 1, 0));
 * const network = cetus.sequential([
 *   cetus.dense({ units: 16, activation: "relu" }),
 *   cetus.dense({ units: 1 }),
 * ]);
 * const model = new cetus.Model(gpu, network, { inputShape: [2], key: cetus.key(1) });
 * const training = cetus.fit(model, {
 *   data: cetus.arrays({ x, target }),
 *   loss: cetus.mse(),
 *   optimizer: cetus.adam(),
 *   schedule: cetus.constantRate(0.02),
 *   steps: 300,
 *   batchSize: 4,
 *   key: cetus.key(2),
 *   reportEvery: 100,
 * });
 * for await (const { step, loss } of training) console.log(step, loss.toFixed(6));
 * ```
 *
 * @module
 */
export * from "./audio/mod.ts";
export { InputError } from "./files/input_error.ts";
export * from "./gpu/mod.ts";
export * from "./nn/mod.ts";
export * from "./recsys/mod.ts";
