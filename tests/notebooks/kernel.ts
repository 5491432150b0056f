/**
 * A stand-in for `Deno.jupyter`, which outside a kernel throws at any look at it.
 *
 * @module
 */
import type { MediaBundle, NotebookKernel } from "../../gpu/display.ts";

/** What was displayed. */
export interface Output {
  /** The content by media type. */
  readonly bundle: MediaBundle;
  /** The options that came with it. */
  readonly options: { raw: boolean; display_id?: string; update?: boolean };
}

/** A kernel that keeps what it is to display. */
export function recordingKernel(): { kernel: NotebookKernel; outputs: Output[] } {
  const outputs: Output[] = [];
  const display = (bundle: unknown, options: Output["options"]) => {
    outputs.push({ bundle: bundle as MediaBundle, options });
    return Promise.resolve();
  };
  return { kernel: { display }, outputs };
}

/** Runs with `Deno.jupyter` replaced, and without any afterwards: what was there cannot be read. */
export async function withKernel(
  kernel: NotebookKernel,
  work: () => Promise<void>,
): Promise<void> {
  const deno = Deno as unknown as { jupyter: NotebookKernel | undefined };
  deno.jupyter = kernel;
  try {
    await work();
  } finally {
    deno.jupyter = undefined;
  }
}
