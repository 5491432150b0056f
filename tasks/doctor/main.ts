/**
 * `deno task doctor`: which adapter WebGPU gives, and whether every kernel of the toolkit gives on
 * it what its float64 reference says.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { openGpu } from "../../gpu/gpu.ts";
import { registeredKernels } from "../../gpu/kernel.ts";
import type { Check } from "./bench.ts";
import { allChecks } from "./checks.ts";
import { examine, type Open, uncheckedKernels } from "./examine.ts";
import {
  describeMachine,
  failedReport,
  findingsText,
  type Machine,
  machineText,
  makeReport,
  type Report,
} from "./report.ts";

/** What `runDoctor` works with; tests replace it. */
export interface DoctorOptions {
  /** Opens the device. Default `openGpu`. */
  readonly open?: Open;
  /** What to try. Default every check there is. */
  readonly checks?: readonly Check[];
  /** Takes lines for standard output. Default `console.log`. */
  readonly print?: (text: string) => void;
  /** Takes lines for standard error. Default `console.error`. */
  readonly complain?: (text: string) => void;
}

const HELP = `deno task doctor [--json]

Shows the WebGPU adapter, its limits and features, and runs every kernel of the toolkit once on
small arrays beside its float64 reference: a line each with the worst error found.

  --json   print the report as one line of JSON
  --help   print this

Exit codes: 0 all kernels agree, 1 one does not or there is no adapter, 2 usage.`;

/**
 * Runs the doctor.
 *
 * @param args the command line
 * @returns exit code: 0 when every kernel agrees with its reference, 1 when one does not or no
 *   device can be opened, 2 when the command line is not understood
 */
export async function runDoctor(
  args: readonly string[],
  options: DoctorOptions = {},
): Promise<number> {
  const { print = console.log, complain = console.error } = options;
  let json: boolean;
  try {
    const flags = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    const { values } = parseArgs({ args: [...args], options: flags });
    if (values.help) {
      print(HELP);
      return 0;
    }
    json = values.json ?? false;
  } catch (error) {
    complain(`${(error as Error).message}\ndeno task doctor --help tells what there is`);
    return 2;
  }
  const report = await diagnose(options, (machine) => json || print(`${machineText(machine)}\n`));
  print(json ? JSON.stringify(report) : findingsText(report));
  return report.ok ? 0 : 1;
}

/** @param introduce told of the machine before the checks run */
async function diagnose(
  { open = openGpu, checks = allChecks }: DoctorOptions,
  introduce: (machine: Machine) => void,
): Promise<Report> {
  let machine: Machine | undefined;
  try {
    machine = await machineOf(open);
    introduce(machine);
    const findings = await examine(open, checks);
    return makeReport(machine, findings, uncheckedKernels(findings, registeredKernels));
  } catch (error) {
    return failedReport((error as Error).message, machine);
  }
}

async function machineOf(open: Open): Promise<Machine> {
  using gpu = await open();
  return describeMachine(gpu);
}

if (import.meta.main) Deno.exit(await runDoctor(Deno.args));
