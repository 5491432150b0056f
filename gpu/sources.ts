/** WGSL files that several kernels begin with. */
import gridText from "./grid.wgsl" with { type: "text" };
import buffersText from "./operands_buffers.wgsl" with { type: "text" };
import texelsText from "./operands_texels.wgsl" with { type: "text" };
import largerText from "./larger.wgsl" with { type: "text" };
import threefryText from "./threefry.wgsl" with { type: "text" };

/** One whole WGSL file. */
export interface Source {
  /** Path for error messages, such as `"nn/conv2d.wgsl"`. */
  readonly file: string;
  /** The text of the file. */
  readonly text: string;
}

/**
 * Index arithmetic of folded grids: `thread_index(invocation)` for kernels whose threads work alone,
 * `workgroup_index(workgroup)` for those whose 64 threads meet at barriers.
 */
export const GRID: Source = { file: "gpu/grid.wgsl", text: gridText };

/**
 * The two operands of a product, from storage buffers. A kernel with `texels` reads them from textures
 * instead on the software driver.
 */
export const OPERANDS: Source = { file: "gpu/operands_buffers.wgsl", text: buffersText };

/** The same from textures: `kernel` puts it where `OPERANDS` stands. */
export const TEXEL_OPERANDS: Source = { file: "gpu/operands_texels.wgsl", text: texelsText };

/** The larger of two values, without losing a NaN. */
export const LARGER: Source = { file: "gpu/larger.wgsl", text: largerText };

/** Threefry random bits. */
export const THREEFRY: Source = { file: "gpu/threefry.wgsl", text: threefryText };
