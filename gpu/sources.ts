/** WGSL files that several kernels begin with. */
import gridText from "./grid.wgsl" with { type: "text" };
import largerText from "./larger.wgsl" with { type: "text" };
import threefryText from "./threefry.wgsl" with { type: "text" };
import type { Source } from "./kernel.ts";

/** Index arithmetic of folded grids. */
export const GRID: Source = { file: "gpu/grid.wgsl", text: gridText };

/** The larger of two values, without losing a NaN. */
export const LARGER: Source = { file: "gpu/larger.wgsl", text: largerText };

/** Threefry random bits. */
export const THREEFRY: Source = { file: "gpu/threefry.wgsl", text: threefryText };
