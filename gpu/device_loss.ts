/** A device that is lost: whichever call notices it first, users read one sentence about it. */

/** How that sentence begins. */
const LOST = "The GPU device was lost";

/** Milliseconds after which a device counts as not lost, whatever an error says. */
const PATIENCE = 200;

/** Whether an error tells that the device was lost. */
export function isDeviceLoss(error: unknown): error is Error {
  return error instanceof Error && error.message.startsWith(LOST);
}

/** Whether a device was lost. */
export class DeviceLoss {
  readonly #told: Promise<void>;
  #error: Error | undefined;

  /** @param isClosed whether we gave the device back ourselves, which is no loss */
  constructor(device: GPUDevice, isClosed: () => boolean) {
    this.#told = device.lost.then(({ reason, message }) => {
      const isOurs = reason === "destroyed" && isClosed();
      if (!isOurs) this.#error = new Error(`${LOST} (${reason}): ${message}`);
    });
  }

  /** The sentence, once the device has told. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** The loss behind an error; an operation may fail a moment before its device tells. */
  async behind(error: unknown): Promise<Error | undefined> {
    if (isDeviceLoss(error)) return error; // it may say more by now
    if (!this.#error && mayBeOfDevice(error)) await this.#wait();
    return this.#error;
  }

  async #wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, PATIENCE);
    await Promise.race([this.#told, promise]);
    clearTimeout(timer);
  }
}

/** Errors of WebGPU are of these classes, or were made from its words; ours have names. */
function mayBeOfDevice(error: unknown): boolean {
  if (error instanceof DOMException) return error.name !== "AbortError";
  return error instanceof TypeError || error instanceof Error && error.constructor === Error;
}
