/**
 * Operands as textures. Mesa's software driver loads from a storage buffer lane by lane through masks,
 * but from a texture eight lanes at once: measured 17 ns against 1.7 ns for a vec4 a lane. So kernels
 * that load much name operands in `texels`, and each of their dispatches begins by copying those into
 * textures. An operand that is too long for a texture, 33 million texels or more, is read from its buffer.
 */
import { type Dispatch, type KernelSpec, onBuffers, type TexelKind } from "./kernel.ts";
import type { Pool } from "./pool.ts";
import { bufferOf, bytesOf, type Tensor } from "./tensor.ts";

/** Texels of a row; `operands_texels.wgsl` has the same number. */
const ROW = 4096;
const FORMATS = { vec4: "rgba32float", scalar: "r32float" } as const;
const TEXEL_BYTES: Readonly<Record<TexelKind, number>> = { vec4: 16, scalar: 4 };

/** An operand of a dispatch that goes into a texture. */
interface Operand {
  readonly binding: number;
  readonly kind: TexelKind;
  readonly tensor: Tensor;
}

/** For each input of a kernel the kind of its texels, or none where it stays a buffer. */
export function texelKinds({ inputs, texels }: KernelSpec): (TexelKind | undefined)[] {
  return Object.keys(inputs).map((name) => texels?.[name]);
}

/**
 * A dispatch whose operands have room in textures: itself, or the same with all operands read from
 * their buffers, which takes longer and gives the same bits.
 */
export function withinTextures(
  dispatch: Dispatch,
  { maxTextureDimension2D }: Pick<GPUSupportedLimits, "maxTextureDimension2D">,
): Dispatch {
  if (operandsOf(dispatch).every((operand) => rowsOf(operand) <= maxTextureDimension2D)) {
    return dispatch;
  }
  return { ...dispatch, spec: onBuffers(dispatch.spec) };
}

/** What textures are taken from: a device. */
export interface TextureOwner {
  /** The device. */
  readonly device: GPUDevice;
  /** Counts their memory. */
  readonly pool: Pool;
  /** Counts them. */
  otherBuffers: number;
}

/**
 * The textures of a list of dispatches, which take turns with them: one for each binding and kind, as
 * large as the largest operand.
 */
export class TexelTextures implements Disposable {
  readonly #gpu: TextureOwner;
  readonly #textures = new Map<string, { texture: GPUTexture; bytes: number }>();

  /** Takes the memory; none when no dispatch has such operands. */
  constructor(gpu: TextureOwner, dispatches: readonly Dispatch[]) {
    this.#gpu = gpu;
    const rows = new Map<string, number>();
    for (const operand of dispatches.flatMap(operandsOf)) {
      const key = keyOf(operand);
      rows.set(key, Math.max(rows.get(key) ?? 0, rowsOf(operand)));
    }
    try {
      for (const [key, height] of rows) this.#create(key, height);
    } catch (error) { // the budget does not reach: hold nothing
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** The texture that takes the place of a buffer in a dispatch's bindings. */
  view(dispatch: Dispatch, binding: number): GPUTextureView | undefined {
    const operand = operandsOf(dispatch).find((it) => it.binding === binding);
    return operand && this.#texture(operand).createView();
  }

  /** Encodes the copies that a dispatch needs before its pass; whether there are any. */
  copy(encoder: GPUCommandEncoder, dispatch: Dispatch): boolean {
    const operands = operandsOf(dispatch);
    for (const operand of operands) copyTexels(encoder, operand, this.#texture(operand));
    return operands.length > 0;
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    for (const { texture, bytes } of this.#textures.values()) {
      texture.destroy();
      this.#gpu.pool.dismiss(bytes, LABEL);
    }
    this.#textures.clear();
  }

  #create(key: string, height: number): void {
    const kind = key.split(" ")[1] as TexelKind;
    const bytes = height * ROW * TEXEL_BYTES[kind];
    this.#gpu.pool.admit(bytes, LABEL);
    this.#gpu.otherBuffers++;
    const texture = this.#gpu.device.createTexture({
      label: LABEL,
      size: [ROW, height],
      format: FORMATS[kind],
      usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
    });
    this.#textures.set(key, { texture, bytes });
  }

  #texture(operand: Operand): GPUTexture {
    return this.#textures.get(keyOf(operand))!.texture;
  }
}

const LABEL = "operands as textures";

function operandsOf({ spec, tensors }: Dispatch): Operand[] {
  if (!spec.texels) return [];
  return texelKinds(spec).flatMap((kind, binding) =>
    kind ? [{ binding, kind, tensor: tensors[binding] }] : []
  );
}

const keyOf = ({ binding, kind }: Operand) => `${binding} ${kind}`;

/** A whole number: every tensor's memory is a multiple of 16 bytes. */
function texelsOf({ kind, tensor }: Operand): number {
  return bytesOf(tensor.shape, tensor.dtype) / TEXEL_BYTES[kind];
}

const rowsOf = (operand: Operand) => Math.ceil(texelsOf(operand) / ROW);

/** Whole rows in one copy, the rest of the last row in another. */
function copyTexels(encoder: GPUCommandEncoder, operand: Operand, texture: GPUTexture): void {
  const buffer = bufferOf(operand.tensor);
  const texels = texelsOf(operand);
  const bytesPerRow = ROW * TEXEL_BYTES[operand.kind];
  const rows = Math.floor(texels / ROW);
  const rest = texels % ROW;
  if (rows) encoder.copyBufferToTexture({ buffer, bytesPerRow }, { texture }, [ROW, rows]);
  if (rest) {
    const from = { buffer, offset: rows * bytesPerRow };
    encoder.copyBufferToTexture(from, { texture, origin: [0, rows] }, [rest, 1]);
  }
}
