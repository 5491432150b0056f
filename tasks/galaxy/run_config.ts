/**
 * Runs on disk: which of their files holds the weights that predict, and how they predict.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";
import type { RunFolder } from "../run/run_folder.ts";
import { configOfRun } from "../run/settings.ts";
import { GALAXY_SETTINGS } from "./config.ts";

/**
 * Name of the file of weights that predict: the last or the best ones, as the run was told.
 *
 * @throws {InputError} when the run has none
 */
export async function weightsFile(
  folder: RunFolder,
  config: Record<string, unknown>,
): Promise<string> {
  const { use } = configOfRun(GALAXY_SETTINGS, config, folder.path);
  const file = use === "best" ? "best.safetensors" : "checkpoint.safetensors";
  if (await folder.has(file)) return file;
  const advice = config.folds || config.seeds
    ? `name one of its parts, such as ${config.folds ? "fold1" : "seed1"}`
    : "train it to its end";
  throw new InputError(`Cannot use the run ${folder.path}`, `it holds no ${file}: ${advice}`);
}

/** Transformed copies that a run's predictions are the mean of. */
export function transformsOf({ transforms }: Record<string, unknown>): number {
  return typeof transforms === "number" ? transforms : 1;
}
