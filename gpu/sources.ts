/** WGSL files that several kernels begin with. */
import gridText from "./grid.wgsl" with { type: "text" };
import buffersText from "./operands_buffers.wgsl" with { type: "text" };
import texelsText from "./operands_texels.wgsl" with { type: "text" };
import largerText from "./larger.wgsl" with { type: "text" };
import threefryText from "./threefry.wgsl" with { type: "text" };
import type { DeviceProfile, Source, TexelKind } from "./kernel.ts";

/**
 * Index arithmetic of folded grids: `thread_index(invocation)` for kernels whose threads work alone,
 * `workgroup_index(workgroup)` for those whose 64 threads meet at barriers.
 */
export const GRID: Source = { file: "gpu/grid.wgsl", text: gridText };

/** The two operands of a product from storage buffers, for cards. */
export const BUFFER_OPERANDS: Source = { file: "gpu/operands_buffers.wgsl", text: buffersText };

/** The same from textures, for the software driver: see `texels.ts`. */
export const TEXEL_OPERANDS: Source = { file: "gpu/operands_texels.wgsl", text: texelsText };

/** What of a kernel depends on how its two operands are read. */
export interface OperandReading<In extends string> {
  /** The file to concatenate before the kernel's own. */
  readonly operands: Source;
  /** `texels` of the kernel. */
  readonly texels: Readonly<Partial<Record<In, TexelKind>>> | undefined;
}

/** The software driver reads operands as textures, a card as buffers. */
export function operandsOn<In extends string>(
  profile: DeviceProfile,
  texels: Readonly<Partial<Record<In, TexelKind>>>,
): OperandReading<In> {
  if (profile === "card") return { operands: BUFFER_OPERANDS, texels: undefined };
  return { operands: TEXEL_OPERANDS, texels };
}

/** One kernel for each kind of device. */
export function onEach<K>(
  make: (profile: DeviceProfile) => K,
): Readonly<Record<DeviceProfile, K>> {
  return { software: make("software"), card: make("card") };
}

/** The larger of two values, without losing a NaN. */
export const LARGER: Source = { file: "gpu/larger.wgsl", text: largerText };

/** Threefry random bits. */
export const THREEFRY: Source = { file: "gpu/threefry.wgsl", text: threefryText };
