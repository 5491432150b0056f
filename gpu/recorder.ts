/**
 * Record once, replay. A `Recorder` collects the dispatches of a step together with the tensors they
 * make; `planArena` gives tensors that are never alive together the same memory. With a device the
 * record becomes a `Program`; without one it still tells shapes, FLOPs and memory.
 */
import type { Context, DeviceProfile, Dispatch } from "./kernel.ts";
import { bytesOf, checkShape, type DType, type Shape, Storage, type Tensor } from "./tensor.ts";

/** What is known of a recorded step before any memory is taken. */
export interface MemoryPlan {
  /** Sizes of the arena's buffers, in bytes. */
  readonly slots: readonly number[];
  /** The slot of each planned storage. */
  readonly slotOf: ReadonlyMap<Storage, number>;
  /** Bytes of the arena. */
  readonly arenaBytes: number;
  /** Bytes that the planned tensors would take without sharing. */
  readonly unsharedBytes: number;
  /** Bytes of tensors that outlive the step (parameters, optimiser state), as far as recorded. */
  readonly persistentBytes: number;
}

/** Collects dispatches instead of running them. */
export class Recorder implements Context {
  /** Which of two equivalent kernels is recorded. */
  readonly profile: DeviceProfile;
  /** The dispatches in order. */
  readonly dispatches: Dispatch[] = [];
  /** Tensors whose contents come from the host at each step, by name. */
  readonly feeds: Map<string, Tensor> = new Map();
  readonly #device: Context | undefined;
  readonly #planned = new Set<Storage>();
  readonly #kept = new Set<Storage>();
  #persistentBytes = 0;

  /**
   * An empty record.
   *
   * @param device the device that will replay; without one only the plan can be read
   */
  constructor(device?: Context) {
    this.#device = device;
    this.profile = device?.profile ?? "software";
  }

  /** A tensor of the step: it exists from the dispatch that writes it to the last that reads it. */
  empty(shape: Shape, options: { dtype?: DType; label?: string } = {}): Tensor {
    const tensor = plannedTensor(shape, options);
    this.#planned.add(tensor.storage);
    return tensor;
  }

  /** A tensor that outlives the step, allocated at once where there is a device. */
  persistent(shape: Shape, options: { dtype?: DType; label?: string } = {}): Tensor {
    const tensor = this.#device?.persistent(shape, options) ?? plannedTensor(shape, options);
    this.#persistentBytes += tensor.storage.bytes;
    return tensor;
  }

  /**
   * A tensor whose contents come with every step, copied in before its first dispatch.
   *
   * @param name key of the host data in `Program.run`
   */
  feed(name: string, shape: Shape, dtype: DType = "f32"): Tensor {
    const known = this.feeds.get(name);
    if (known && (known.dtype !== dtype || known.shape.join() !== shape.join())) {
      throw new Error(`Cannot record the feed "${name}" twice with different shapes`);
    }
    const tensor = known ?? plannedTensor(shape, { dtype, label: `feed ${name}` });
    this.feeds.set(name, tensor);
    return tensor;
  }

  /** Lets a tensor of the step be read after it: its memory is not shared. */
  keep<T extends Tensor>(tensor: T): T {
    this.#kept.add(tensor.storage);
    return tensor;
  }

  /** Records a dispatch. */
  dispatch(dispatch: Dispatch): void {
    this.dispatches.push(dispatch);
  }

  /** Floating-point operations of a step, as far as its kernels count them. */
  get flops(): number {
    return this.dispatches.reduce((sum, { flops }) => sum + flops, 0);
  }

  /** The memory plan of what was recorded so far. */
  plan(): MemoryPlan {
    const { slots, slotOf } = planArena(this.#lifetimes());
    const unsharedBytes = [...slotOf.keys()].reduce((sum, { bytes }) => sum + bytes, 0);
    const arenaBytes = slots.reduce((a, b) => a + b, 0);
    return { slots, slotOf, arenaBytes, unsharedBytes, persistentBytes: this.#persistentBytes };
  }

  /** First and last dispatch that touch each planned storage. */
  #lifetimes(): Lifetime[] {
    const lifetimes = new Map<Storage, Lifetime>();
    this.dispatches.forEach(({ tensors }, index) => {
      for (const { storage } of tensors) {
        if (!this.#planned.has(storage)) continue;
        const known = lifetimes.get(storage);
        if (known) known.last = index;
        else lifetimes.set(storage, { storage, first: index, last: index });
      }
    });
    for (const storage of this.#kept) {
      const lifetime = lifetimes.get(storage);
      if (lifetime) Object.assign(lifetime, { first: 0, last: Infinity });
    }
    return [...lifetimes.values()];
  }
}

/** The dispatches between which a storage must hold its contents, both included. */
export interface Lifetime {
  /** The storage. */
  readonly storage: Storage;
  /** Index of the first dispatch that touches it. */
  first: number;
  /** Index of the last. */
  last: number;
}

/**
 * Puts storages into slots so that no two in a slot are alive together: largest first, each into the
 * first slot where it fits in time. Its total is within a few per cent of the largest sum alive at
 * once for a chain of layers, whose big tensors set the slots.
 */
export function planArena(
  lifetimes: readonly Lifetime[],
): { slots: number[]; slotOf: Map<Storage, number> } {
  const slots: { bytes: number; taken: Lifetime[] }[] = [];
  const slotOf = new Map<Storage, number>();
  const order = [...lifetimes].sort((a, b) =>
    b.storage.bytes - a.storage.bytes || a.first - b.first
  );
  for (const lifetime of order) {
    let index = slots.findIndex(({ taken }) =>
      taken.every(({ first, last }) => last < lifetime.first || first > lifetime.last)
    );
    if (index < 0) index = slots.push({ bytes: lifetime.storage.bytes, taken: [] }) - 1;
    slots[index].taken.push(lifetime);
    slotOf.set(lifetime.storage, index);
  }
  return { slots: slots.map(({ bytes }) => bytes), slotOf };
}

function plannedTensor(shape: Shape, options: { dtype?: DType; label?: string }): Tensor {
  const { dtype = "f32", label = "tensor" } = options;
  checkShape(shape, label);
  return { shape: [...shape], dtype, label, storage: new Storage(bytesOf(shape, dtype), label) };
}
