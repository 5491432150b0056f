/** Readers of arrays. */
import { encodeNpy, parseNpy } from "../../../files/npy.ts";
import { encodeNpz, parseNpz } from "../../../files/npz.ts";
import { parseSafetensors } from "../../../files/safetensors.ts";
import type { NdArray } from "../../../gpu/tensor.ts";
import { bytesOf, joinBytes } from "../../files/samples.ts";
import { tensorFile } from "../tensor_files.ts";
import type { FileBytes, FuzzedReader } from "../reader.ts";

const ARRAYS: Readonly<Record<string, NdArray>> = {
  f4: { shape: [2, 3], data: Float32Array.of(0, 0.5, 1, 1.5, 2, -2.5) },
  f8: { shape: [2], data: Float64Array.of(Math.PI, -0) },
  i4: { shape: [], data: Int32Array.of(-7) },
  u4: { shape: [2, 1], data: Uint32Array.of(2 ** 32 - 1, 0) },
  u1: { shape: [3], data: Uint8Array.of(0, 255, 3) },
  none: { shape: [0, 4], data: new Float32Array(0) },
};

/** An array of elements that we read, and nothing of ours writes. */
function foreignNpy(descr: string, order: string, shape: string, bytes: number): FileBytes {
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const header = bytesOf(text.padEnd(117) + "\n");
  const head = Uint8Array.of(0x93, ...bytesOf("NUMPY"), 1, 0, header.length, 0);
  return joinBytes([head, header, Uint8Array.from({ length: bytes }, (_, i) => i * 3)]);
}

const npys = (): FileBytes[] => [
  ...Object.values(ARRAYS).map(encodeNpy),
  foreignNpy(">f4", "True", "(2, 3)", 24),
  foreignNpy("<i8", "False", "(2,)", 16),
  foreignNpy("<f2", "False", "(3,)", 6),
  foreignNpy("|O", "False", "(1,)", 8),
];

export const ARRAY_READERS: readonly FuzzedReader[] = [
  { name: "npy", seeds: npys, read: (bytes) => parseNpy(bytes, "a.npy"), mayHoldNaN: true },
  {
    name: "npz",
    seeds: () => [encodeNpz(ARRAYS), encodeNpz(ARRAYS, 6), encodeNpz({ u1: ARRAYS.u1 }, 9)],
    read: (bytes) => parseNpz(bytes, "a.npz"),
    mayHoldNaN: true,
  },
  {
    name: "safetensors",
    seeds: async () => [
      await tensorFile(ARRAYS, { made: "by hand" }, false),
      await tensorFile(ARRAYS, {}, false),
      await tensorFile(ARRAYS, { made: "by hand" }, true),
    ],
    async read(bytes) {
      using file = await parseSafetensors(bytes, "a.safetensors");
      const arrays = new Map<string, NdArray>();
      for (const name of file.tensors.keys()) arrays.set(name, await file.read(name));
      return arrays;
    },
    mayHoldNaN: true,
  },
];
