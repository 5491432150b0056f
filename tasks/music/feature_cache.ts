/**
 * Features of songs on disk, so that a song is heard once: a .npz file a song under a name that is a
 * digest of all that decides its numbers. A changed file or setting can never meet old features.
 *
 * @module
 */
import { check } from "../../gpu/check.ts";
import { InputError } from "../../files/input_error.ts";
import { isFaultOfFile } from "../../files/bad_file.ts";
import { digestOf, digestOfJson } from "../../files/digest.ts";
import { makeFolder, remove } from "../../files/disk/folder.ts";
import { tryFolder } from "../../files/disk/output_file.ts";
import { isMissing } from "../../files/disk/presence.ts";
import { readNpz, writeNpz } from "../../files/disk/npz.ts";
import { sweepTemporaries } from "../../files/disk/temporary.ts";
import type { NdArray } from "../../gpu/tensor.ts";

/** Part of every key: raise it when the same sound and settings give other features than before. */
const FEATURES_VERSION = 1;
const KEY = /^[0-9a-f]{64}$/;

/** Arrays of a song by name, `[frames, features]` each. */
export type Features = Readonly<Record<string, NdArray<Float32Array>>>;

/**
 * The key of a song's features: SHA-256 over the settings and the bytes of the sound.
 *
 * @param settings all that decides the features beside the sound, as JSON; the order of its keys
 * counts
 * @param sound the file's bytes, or its samples
 * @returns 64 hexadecimal digits
 *
 * @example
 * ```ts
 * import { featureKey } from "./feature_cache.ts";
 *
 * const sound = Float32Array.of(0, 0.5);
 * const [one, other] = [await featureKey({ bands: 128 }, sound), await featureKey({}, sound)];
 * if (one === other) throw new Error("other settings, another key");
 * ```
 */
export async function featureKey(
  settings: unknown,
  sound: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>,
): Promise<string> {
  return await digestOfJson([FEATURES_VERSION, settings, await digestOf(sound)]);
}

/** Features kept in a folder. Several processes may share it. */
export class FeatureCache {
  readonly #folder: string;
  readonly #note: (text: string) => void;

  private constructor(folder: string, note: (text: string) => void) {
    this.#folder = folder;
    this.#note = note;
  }

  /**
   * Opens the cache in `music-features` of a folder; made when there is something to keep.
   *
   * @param folder where all that can be made again is kept
   * @param note shows that a file was damaged and is made anew
   *
   * @example
   * ```ts
   * import { FeatureCache, featureKey } from "./feature_cache.ts";
   *
   * const cache = await FeatureCache.open(await Deno.makeTempDir(), console.warn);
   * const key = await featureKey({ bands: 2 }, Float32Array.of(0, 0.5));
   * await cache.write(key, { bands: { shape: [1, 2], data: Float32Array.of(3, 4) } });
   * if ((await cache.read(key, ["bands"]))?.bands.data[1] !== 4) throw new Error("kept");
   * ```
   */
  static async open(folder: string, note: (text: string) => void): Promise<FeatureCache> {
    const own = `${folder}/music-features`;
    await tryFolder(own);
    await sweepTemporaries(own);
    return new FeatureCache(own, note);
  }

  /**
   * The features of a key, where there are any. A damaged file is noted and removed.
   *
   * @param key from {@linkcode featureKey}
   * @param names of the arrays that are wanted; a file without one of them counts as damaged
   * @throws {RangeError} when it is no such key
   */
  async read<Name extends string>(
    key: string,
    names: readonly Name[],
  ): Promise<Record<Name, NdArray<Float32Array>> | undefined> {
    const path = this.#path(key);
    try {
      const { arrays } = await readNpz(path, { names });
      return Object.fromEntries(
        names.map((name) => [name, matrixOf(path, name, arrays)]),
      ) as Record<Name, NdArray<Float32Array>>;
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (!isFaultOfFile(error)) throw error;
      this.#note(`${error.message}; the features are made anew`);
      await remove(path);
      return undefined;
    }
  }

  /**
   * Keeps features; an interruption leaves none or all of them.
   *
   * @param key from {@linkcode featureKey}
   * @throws {RangeError} when it is no such key
   */
  async write(key: string, features: Features): Promise<void> {
    await makeFolder(this.#folder);
    await writeNpz(this.#path(key), features);
  }

  #path(key: string): string {
    check(KEY.test(key), "Cannot look up features", { key }, "64 hexadecimal digits");
    return `${this.#folder}/${key}.npz`;
  }
}

function matrixOf(
  path: string,
  name: string,
  arrays: ReadonlyMap<string, NdArray>,
): NdArray<Float32Array> {
  const { shape, data } = arrays.get(name)!;
  if (shape.length === 2 && data instanceof Float32Array) return { shape, data };
  throw new InputError(
    `Cannot read ${path}`,
    `"${name}" is ${data.constructor.name} [${
      shape.join(", ")
    }], expected floats [frames, features]`,
  );
}
