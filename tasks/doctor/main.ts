/**
 * `deno task doctor`: which adapter WebGPU gives, and whether every kernel of the toolkit gives on
 * it what its float64 reference says.
 *
 * @module
 */
import { registeredKernels } from "../../gpu/kernel.ts";
import { command, type Output, runCommand } from "../run/command.ts";
import { openQuietly } from "../run/work.ts";
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
export interface DoctorOptions extends Output {
  /** Opens the device. Default `openQuietly`. */
  readonly open?: Open;
  /** What to try. Default every check there is. */
  readonly checks?: readonly Check[];
}

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
  const { print = console.log } = options;
  const doctor = command({
    about: "shows the adapter and checks every kernel",
    options: {},
    run: async ({ json }) => {
      const introduce = (machine: Machine) => json || print(`${machineText(machine)}\n`);
      const report = await diagnose(options, introduce);
      return { json: report, text: findingsText(report), failed: !report.ok };
    },
  });
  const program = {
    name: "doctor",
    about: `\
Shows the WebGPU adapter, its limits and features, and runs every kernel of the toolkit once on
small arrays beside its float64 reference: a line each with the worst error found.`,
    details: "It fails, with exit code 1, when a kernel does not agree or there is no adapter.",
    commands: { doctor },
  };
  return await runCommand(program, args, options);
}

/** @param introduce told of the machine before the checks run */
async function diagnose(
  { open = openQuietly, checks = allChecks }: DoctorOptions,
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
