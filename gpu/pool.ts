/** Device memory: buffers by size, accounting by name, a budget. */
import type { Storage } from "./tensor.ts";

/** How much device memory is in use, and for what. */
export interface MemoryReport {
  /** Bytes held by live tensors and arenas. */
  readonly liveBytes: number;
  /** Bytes kept for reuse. */
  readonly pooledBytes: number;
  /** The most that live and pooled bytes reached together. */
  readonly peakBytes: number;
  /** The most that may be held, in bytes. */
  readonly budgetBytes: number;
  /** Live bytes by label, largest first. */
  readonly byLabel: readonly (readonly [label: string, bytes: number])[];
}

/** Buffers of one device, taken and given back by exact size. */
export class Pool {
  readonly #device: GPUDevice;
  readonly #free = new Map<number, GPUBuffer[]>();
  readonly #live = new Map<string, number>();
  #liveBytes = 0;
  #pooledBytes = 0;
  #peakBytes = 0;
  /** Buffers created since the device was opened. */
  created = 0;

  /**
   * An empty pool.
   *
   * @param device owner of the buffers
   * @param budgetBytes the most that live and pooled buffers may take together
   */
  constructor(device: GPUDevice, public budgetBytes: number) {
    this.#device = device;
  }

  /** Gives a storage its buffer, from the pool where one of that size is free. */
  allocate(storage: Storage): GPUBuffer {
    const { bytes, label } = storage;
    this.#checkLimits(bytes, label);
    const pooled = this.#free.get(bytes)?.pop();
    if (pooled) this.#pooledBytes -= bytes;
    this.admit(bytes, label);
    storage.buffer = pooled ?? this.#create(bytes, label);
    return storage.buffer;
  }

  /** Counts memory that is not a tensor's buffer, until `dismiss`. @throws RangeError past the budget */
  admit(bytes: number, label: string): void {
    if (this.#liveBytes + this.#pooledBytes + bytes > this.budgetBytes) this.trim();
    if (this.#liveBytes + bytes > this.budgetBytes) this.#refuse(bytes, label);
    this.#live.set(label, (this.#live.get(label) ?? 0) + bytes);
    this.#liveBytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#liveBytes + this.#pooledBytes);
  }

  /** Counts such memory no longer. */
  dismiss(bytes: number, label: string): void {
    const rest = this.#live.get(label)! - bytes;
    if (rest) this.#live.set(label, rest);
    else this.#live.delete(label);
    this.#liveBytes -= bytes;
  }

  /** Takes a storage's buffer back. A second release is an error. */
  release(storage: Storage): void {
    if (storage.released) {
      throw new Error(`Cannot release "${storage.label}": it was released before`);
    }
    storage.released = true;
    const { buffer, bytes, label } = storage;
    if (!buffer) return;
    storage.buffer = undefined;
    this.dismiss(bytes, label);
    this.#pooledBytes += bytes;
    this.#free.set(bytes, [...(this.#free.get(bytes) ?? []), buffer]);
  }

  /** Destroys the buffers kept for reuse. */
  trim(): void {
    for (const buffers of this.#free.values()) buffers.forEach((buffer) => buffer.destroy());
    this.#free.clear();
    this.#pooledBytes = 0;
  }

  /** What is held now. */
  report(): MemoryReport {
    return {
      liveBytes: this.#liveBytes,
      pooledBytes: this.#pooledBytes,
      peakBytes: this.#peakBytes,
      budgetBytes: this.budgetBytes,
      byLabel: [...this.#live].sort((a, b) => b[1] - a[1]),
    };
  }

  #create(bytes: number, label: string): GPUBuffer {
    this.created++;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return this.#device.createBuffer({ label, size: bytes, usage });
  }

  #checkLimits(bytes: number, label: string): void {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (bytes > most) {
      throw new RangeError(
        `Cannot allocate ${megabytes(bytes)} for "${label}": this device binds at most ${
          megabytes(most)
        } at once; use a smaller batch or a smaller model`,
      );
    }
  }

  #refuse(bytes: number, label: string): never {
    const largest = this.report().byLabel.slice(0, 5)
      .map(([name, size]) => `${name} ${megabytes(size)}`).join(", ");
    throw new RangeError(
      `Cannot allocate ${megabytes(bytes)} for "${label}": ${
        megabytes(this.#liveBytes)
      } are in use and the budget is ${megabytes(this.budgetBytes)}; the largest: ${largest}`,
    );
  }
}

/** Bytes as text in MiB. */
export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
