/** WGSL files that several kernels begin with. */
import gridText from "./grid.wgsl" with { type: "text" };
import buffersText from "./operands_buffers.wgsl" with { type: "text" };
import texelsText from "./operands_texels.wgsl" with { type: "text" };
import largerText from "./larger.wgsl" with { type: "text" };
import threefryText from "./threefry.wgsl" with { type: "text" };
import type { Source } from "./kernel.ts";

/** Index arithmetic of folded grids. */
export const GRID: Source = { file: "gpu/grid.wgsl", text: gridText };

/** The two operands of a product from storage buffers, for cards. */
export const BUFFER_OPERANDS: Source = { file: "gpu/operands_buffers.wgsl", text: buffersText };

/** The same from textures, for the software driver: see `texels.ts`. */
export const TEXEL_OPERANDS: Source = { file: "gpu/operands_texels.wgsl", text: texelsText };

/** The larger of two values, without losing a NaN. */
export const LARGER: Source = { file: "gpu/larger.wgsl", text: largerText };

/** Threefry random bits. */
export const THREEFRY: Source = { file: "gpu/threefry.wgsl", text: threefryText };
