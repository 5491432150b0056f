/** Pipelines of one device: compiled once, with errors mapped back to file and line. */
import type { Dispatch, KernelSpec } from "./kernel.ts";
import type { Source } from "./sources.ts";
import { texelKinds } from "./texels.ts";

/** A compiled kernel. */
export interface Pipeline {
  /** The pipeline. */
  readonly pipeline: GPUComputePipeline;
  /** Layouts of the tensor group and the uniform group. */
  readonly layouts: readonly GPUBindGroupLayout[];
}

/** The pipelines of a device, by kernel and constants. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #fail: (error: Error) => void;
  readonly #cache = new Map<KernelSpec, Map<string, Pipeline>>();
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #layouts = new Map<string, readonly GPUBindGroupLayout[]>();
  /** Pipelines compiled since the device was opened. */
  created = 0;

  /**
   * Compiles nothing yet.
   *
   * @param device owner of the pipelines
   * @param fail told of an error that shows only after a synchronous compilation
   */
  constructor(device: GPUDevice, fail: (error: Error) => void) {
    this.#device = device;
    this.#fail = fail;
  }

  /** The pipeline of a dispatch, compiled now when it is new. */
  get(dispatch: Dispatch): Pipeline {
    const known = this.#find(dispatch);
    if (known) return known;
    this.#device.pushErrorScope("validation");
    const { descriptor, layouts, module } = this.#describe(dispatch);
    const pipeline = this.#device.createComputePipeline(descriptor);
    this.#device.popErrorScope().then(async (error) => {
      if (error) this.#fail(await compileError(dispatch.spec, module, error.message));
    }).catch(() => {}); // only a lost device gives no answer, and it says so itself
    return this.#store(dispatch, { pipeline, layouts });
  }

  /** Compiles everything that a list of dispatches needs, in parallel. */
  async compile(dispatches: readonly Dispatch[]): Promise<void> {
    const wanted = new Map<string, Dispatch>();
    const specs = new Map<KernelSpec, number>();
    for (const dispatch of dispatches) {
      if (this.#find(dispatch)) continue;
      if (!specs.has(dispatch.spec)) specs.set(dispatch.spec, specs.size);
      wanted.set(`${specs.get(dispatch.spec)} ${constantsKey(dispatch)}`, dispatch);
    }
    await Promise.all([...wanted.values()].map(async (dispatch) => {
      this.#device.pushErrorScope("validation");
      const { descriptor, layouts, module } = this.#describe(dispatch);
      const scope = this.#device.popErrorScope();
      try {
        const pipeline = await this.#device.createComputePipelineAsync(descriptor);
        this.#store(dispatch, { pipeline, layouts });
      } catch (error) {
        throw await compileError(dispatch.spec, module, (error as Error).message);
      } finally {
        await scope;
      }
    }));
  }

  #find(dispatch: Dispatch): Pipeline | undefined {
    return this.#cache.get(dispatch.spec)?.get(constantsKey(dispatch));
  }

  #store(dispatch: Dispatch, pipeline: Pipeline): Pipeline {
    const ofKernel = this.#cache.get(dispatch.spec) ?? new Map<string, Pipeline>();
    this.#cache.set(dispatch.spec, ofKernel.set(constantsKey(dispatch), pipeline));
    this.created++;
    return pipeline;
  }

  #describe({ spec, tensors, uniform, constants }: Dispatch) {
    const module = this.#module(spec);
    const layouts = this.#layout(spec, tensors.length, uniform.byteLength > 0);
    const layout = this.#device.createPipelineLayout({ bindGroupLayouts: [...layouts] });
    const compute = { module, entryPoint: spec.entry, constants: { ...constants } };
    return { descriptor: { label: spec.name, layout, compute }, layouts, module };
  }

  #module(spec: KernelSpec): GPUShaderModule {
    const code = spec.source.map(({ text }) => text).join("\n");
    let module = this.#modules.get(code);
    if (!module) {
      const label = spec.source.at(-1)!.file;
      module = this.#device.createShaderModule({ label, code });
      this.#modules.set(code, module);
    }
    return module;
  }

  #layout(spec: KernelSpec, count: number, hasUniform: boolean): readonly GPUBindGroupLayout[] {
    const kinds = texelKinds(spec).map((kind) => kind ? "texture" : "buffer");
    const key = `${count} ${kinds.join(" ")} ${hasUniform}`;
    let layouts = this.#layouts.get(key);
    if (!layouts) {
      const visibility = GPUShaderStage.COMPUTE;
      const entries = Array.from({ length: count }, (_, binding) => ({
        binding,
        visibility,
        ...(kinds[binding] === "texture"
          ? { texture: { sampleType: "unfilterable-float" } }
          : { buffer: { type: binding < kinds.length ? "read-only-storage" : "storage" } }),
      } as GPUBindGroupLayoutEntry));
      layouts = [this.#device.createBindGroupLayout({ label: `tensors ${key}`, entries })];
      if (hasUniform) {
        const uniform: GPUBindGroupLayoutEntry = {
          binding: 0,
          visibility,
          buffer: { type: "uniform" },
        };
        layouts = [
          ...layouts,
          this.#device.createBindGroupLayout({ label: "uniform", entries: [uniform] }),
        ];
      }
      this.#layouts.set(key, layouts);
    }
    return layouts;
  }
}

function constantsKey({ constants }: Dispatch): string {
  return Object.keys(constants).sort().map((name) => `${name}=${constants[name]}`).join(" ");
}

/** An error that names kernel, file and line; WebGPU counts lines over the concatenated text. */
async function compileError(
  spec: KernelSpec,
  module: GPUShaderModule,
  message: string,
): Promise<Error> {
  const info = await module.getCompilationInfo();
  const first = info.messages.find(({ type }) => type === "error");
  if (!first) return new Error(`Cannot compile ${spec.name}: ${message}`);
  // The excerpt in the message knows the line even where lineNum does not.
  const excerpt = /wgsl:(\d+):\d+/.exec(first.message);
  const { file, line } = locate(spec.source, excerpt ? Number(excerpt[1]) : first.lineNum);
  return new Error(`Cannot compile ${spec.name}: ${file}:${line}: ${first.message}`);
}

/** File and line, counted from 1, of a line of the concatenated sources. */
export function locate(sources: readonly Source[], line: number): { file: string; line: number } {
  let rest = line;
  for (const { file, text } of sources) {
    const lines = text.split("\n").length;
    if (rest <= lines) return { file, line: rest };
    rest -= lines;
  }
  return { file: sources.at(-1)!.file, line: rest };
}
