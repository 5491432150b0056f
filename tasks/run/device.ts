/**
 * The device that work runs on: the caller's, or one of its own.
 *
 * @module
 */
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import type { Progress } from "./progress.ts";

/** What all work on a device is given. */
export interface WorkOptions {
  /** Where progress is shown. Default stderr. */
  readonly progress?: Progress;
  /** Ends the work; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** The device; opened and closed by the work where there is none. */
  readonly gpu?: Gpu;
}

/**
 * The device of some work.
 *
 * @param gpu the caller's, which stays open
 * @param opened closes the device that is opened where there is none
 */
export async function openDevice(
  { gpu }: Pick<WorkOptions, "gpu">,
  opened: AsyncDisposableStack,
): Promise<Gpu> {
  if (gpu) return gpu;
  quietLlvmpipe();
  return opened.use(await openGpu());
}

/** llvmpipe complains twice an adapter request when XDG_RUNTIME_DIR names no folder. */
function quietLlvmpipe(): void {
  try {
    if (!Deno.env.get("XDG_RUNTIME_DIR")) Deno.env.set("XDG_RUNTIME_DIR", "/tmp");
  } catch { /* without the permission the complaint is harmless */ }
}
