/**
 * What `deno task doctor` says: the machine, a line for each kernel, and advice.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import { megabytes } from "../../gpu/pool.ts";
import type { DeviceProfile } from "../../gpu/kernel.ts";
import { VERSION } from "../run/run_folder.ts";
import type { Finding } from "./examine.ts";

/** Where kernels run. */
export interface Machine {
  /** Version of the toolkit. */
  readonly toolkit: string;
  /** Version of Deno. */
  readonly deno: string;
  /** The adapter, as its driver words it. */
  readonly adapter: string;
  /** Who made it. */
  readonly vendor: string;
  /** True when the processor does a GPU's work. */
  readonly software: boolean;
  /** Which of two equivalent kernels the toolkit chooses here. */
  readonly profile: DeviceProfile;
  /** Limits of the device that decide what fits; bytes where the name says so. */
  readonly limits: Readonly<Record<string, number>>;
  /** Optional features that the toolkit can use and the device has. */
  readonly features: readonly string[];
}

/** What was found of the kernels of one name. */
export interface KernelLine {
  /** Such as `"conv2d/backward_weight"`. */
  readonly name: string;
  /** Kernels of that name: entry points for other shapes and devices. */
  readonly variants: number;
  /** The worst error found, measured by its tolerance; null when there was no number. */
  readonly error: number | null;
  /** What was allowed there; 0 when every bit must agree. */
  readonly tolerance: number;
  /** Whether all variants kept within their tolerances. */
  readonly ok: boolean;
  /** Entry points of those that did not. */
  readonly wrong: readonly string[];
  /** The message of one that gave no result. */
  readonly failure?: string;
}

/** The whole report; `--json` prints it. */
export interface Report {
  /** Where the kernels ran; absent when no device could be opened. */
  readonly machine?: Machine;
  /** By name, in the order of the checks. */
  readonly kernels: readonly KernelLine[];
  /** Kernels that no check has run: a fault of the toolkit. */
  readonly unchecked: readonly string[];
  /** Whether every kernel agrees with its reference. */
  readonly ok: boolean;
  /** Sentences for the user. */
  readonly advice: readonly string[];
}

/** Characters in a line of the report. */
const WIDTH = 100;

const VENDORS: Readonly<Record<number, string>> = {
  0x1002: "AMD",
  0x1010: "Imagination",
  0x106B: "Apple",
  0x10DE: "NVIDIA",
  0x13B5: "ARM",
  0x1414: "Microsoft",
  0x5143: "Qualcomm",
  0x8086: "Intel",
  0x10005: "Mesa",
};

/** The machine that a device belongs to. */
export function describeMachine(gpu: Gpu): Machine {
  const { adapterInfo, limits, features } = gpu.device;
  return {
    toolkit: VERSION,
    deno: Deno.version.deno,
    adapter: gpu.name,
    vendor: VENDORS[Number(adapterInfo.vendor)] ?? adapterInfo.vendor,
    software: adapterInfo.isFallbackAdapter,
    profile: gpu.profile,
    limits: {
      bufferBytes: limits.maxBufferSize,
      bindingBytes: limits.maxStorageBufferBindingSize,
      storageBuffers: limits.maxStorageBuffersPerShaderStage,
      workgroupBytes: limits.maxComputeWorkgroupStorageSize,
      workgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
    },
    features: (["timestamp-query", "shader-f16"] as const).filter((name) => features.has(name)),
  };
}

/** Puts the findings of one name into one line. */
export function kernelLines(findings: readonly Finding[]): KernelLine[] {
  const byName = Map.groupBy(findings, ({ spec }) => spec.name);
  return [...byName].map(([name, group]) => {
    const wrong = group.filter(({ ok }) => !ok);
    const { error, tolerance } = worstOf(wrong.length ? wrong : group);
    return {
      name,
      variants: group.length,
      error: Number.isFinite(error) ? error : null,
      tolerance,
      ok: wrong.length === 0,
      wrong: [...new Set(wrong.map(({ spec }) => spec.entry))],
      failure: wrong.find(({ failure }) => failure)?.failure,
    };
  });
}

function worstOf(findings: readonly Finding[]): Finding {
  const share = ({ error, tolerance }: Finding) => error === 0 ? 0 : error / tolerance;
  return findings.reduce((worst, next) => share(next) > share(worst) ? next : worst);
}

/** The report of an examination. */
export function makeReport(
  machine: Machine,
  findings: readonly Finding[],
  unchecked: readonly string[],
): Report {
  const kernels = kernelLines(findings);
  const ok = kernels.every((line) => line.ok) && !unchecked.length;
  const advice: string[] = [
    ...kernelAdvice(kernels),
    ...unchecked.length
      ? [`Not checked, which is a fault of the toolkit: ${unchecked.join(", ")}.`]
      : [],
    ...machine.software
      ? [
        "This is a software adapter: training will run on the processor; expect minutes instead " +
        "of seconds. If this machine has a GPU, install your GPU's Vulkan driver.",
      ]
      : [],
  ];
  return { machine, kernels, unchecked, ok, advice };
}

function kernelAdvice(kernels: readonly KernelLine[]): string[] {
  const wrong = kernels.filter(({ ok }) => !ok);
  if (!wrong.length) {
    const variants = kernels.reduce((sum, line) => sum + line.variants, 0);
    return [
      `All ${kernels.length} kernels (${variants} variants) agree with their float64 references.`,
    ];
  }
  const names = wrong.map(({ name, wrong }) => `${name} (${wrong.join(", ")})`).join(", ");
  const failures = new Set(wrong.flatMap(({ failure }) => failure ? [firstLine(failure)] : []));
  return [
    `WRONG: ${names}. Kernels that made a wrong result together are all named.`,
    ...failures,
    "Results on this device must not be trusted. Update your GPU's driver and run deno task " +
    "doctor again; if that does not help, report the output of deno task doctor --json.",
  ];
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0];
}

/** The report when no device could be opened, or none that lasted. */
export function failedReport(message: string, machine?: Machine): Report {
  return { machine, kernels: [], unchecked: [], ok: false, advice: [message] };
}

/** The machine as lines of text. */
export function machineText(machine: Machine): string {
  const { limits, software, vendor } = machine;
  const size = (bytes: number) => megabytes(bytes);
  const features = machine.features.length ? machine.features.join(", ") : "none";
  return [
    ["toolkit", `Cetus ${machine.toolkit}, Deno ${machine.deno}`],
    ["adapter", `${machine.adapter}; vendor ${vendor}; ${software ? "software" : "hardware"}`],
    ["profile", `kernels for a ${machine.profile === "card" ? "card" : "software adapter"}`],
    ["memory", `buffers to ${size(limits.bufferBytes)}, bindings to ${size(limits.bindingBytes)}`],
    [
      "limits",
      `${limits.storageBuffers} storage buffers; workgroups of ${limits.workgroupInvocations}, ` +
      `${limits.workgroupBytes / 1024} KiB`,
    ],
    ["features", features],
  ].map(([name, text]) => wrap(text, name.padEnd(10))).join("\n");
}

/** The kernels as a table, and the advice below it. */
export function findingsText({ kernels, advice }: Report): string {
  const rows = kernels.map(({ name, variants, error, tolerance, ok }) => [
    name,
    `${variants}`,
    error === null ? "no number" : error === 0 ? "0" : error.toExponential(1),
    tolerance === 0 ? "exact" : tolerance.toExponential(1),
    ok ? "ok" : "WRONG",
  ]);
  const header = ["kernel", "variants", "worst error", "tolerance", ""];
  const all = kernels.length ? [header, ...rows] : [];
  const widths = header.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const table = all.map((row) =>
    row.map((cell, i) => i === 0 || i === 4 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
      .join("  ").trimEnd()
  );
  return [...table, ...table.length ? [""] : [], ...advice.map((line) => wrap(line))].join("\n");
}

/** Breaks a text at spaces into lines of the report's width; `first` begins the first line. */
function wrap(text: string, first = ""): string {
  const lines = [first];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    const joined = line.trim() && !line.endsWith(" ") ? `${line} ${word}` : line + word;
    if (joined.length <= WIDTH || !line.trim()) lines[lines.length - 1] = joined;
    else lines.push(" ".repeat(first.length) + word);
  }
  return lines.join("\n");
}
