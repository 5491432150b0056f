/**
 * Networks: layers, losses, optimisers, data, training, checkpoints.
 *
 * @module
 */
export * from "./activation.ts";
export * from "./affine.ts";
export * from "./augment.ts";
export * from "./checkpoint.ts";
export * from "./classifiers/mod.ts";
export * from "./clip.ts";
export * from "./concat.ts";
export * from "./conv2d.ts";
export * from "./data.ts";
export * from "./dense.ts";
export * from "./dropout.ts";
export * from "./fit.ts";
export * from "./flatten.ts";
export * from "./init.ts";
export * from "./layer.ts";
export * from "./loss.ts";
export * from "./max_norm.ts";
export * from "./maxout.ts";
export * from "./model.ts";
export * from "./optimizer.ts";
export * from "./perturbation.ts";
export * from "./pool.ts";
export * from "./schedule.ts";
export * from "./sequential.ts";
export * from "./state.ts";
export * from "./summary.ts";
export * from "./temporal.ts";
export * from "./view_pool.ts";
export * from "./views.ts";
