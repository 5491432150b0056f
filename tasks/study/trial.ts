/**
 * `deno task trial`: one trial of a study, as one command that can be repeated.
 *
 * @module
 */
import { command, runProgram } from "../run/command.ts";
import { flag, path, whole } from "../run/value.ts";
import { makeFolder } from "../../files/disk/folder.ts";
import { InputError } from "../../files/input_error.ts";
import type { Program } from "../run/program.ts";
import { Progress } from "../run/progress.ts";
import { studyId, type StudyPlan } from "./plan.ts";
import { type OpenOptions, type RoundRecord, trialOf } from "./problem.ts";
import { loadProblem, moduleAddress, TRIAL_OPTIONS } from "./problems.ts";
import { checkReply, type TrialReply } from "./reply.ts";
import { StudyFolder } from "./study_folder.ts";
import { openTrialFile, readTrialFile, type TrialFile, writeTrialFile } from "./trial_file.ts";
import { TrialWorker } from "./trial_worker.ts";

const trial = command({
  about: "runs one trial of a search",
  options: {
    study: path("DIR", "folder of the search; only its JSON files are read").needed(),
    index: whole(0, Infinity, "number of the trial in its round").needed(),
    round: whole(0, Infinity, "number of the round; default the latest that has begun"),
    out: path(
      "FILE.json",
      "where the result goes, default DIR/results/ROUND-INDEX.json, arrays beside it as .safetensors; " +
        "a whole result that is there already is kept, with exit code 0",
    ),
    ...TRIAL_OPTIONS,
    force: flag("run it even if the result is there"),
  },
  run: async (line, { signal, from }) => {
    const { study, index } = line;
    const folder = new StudyFolder(study);
    const plan = await folder.plan();
    const round = line.round ?? await folder.latestRound();
    if (round < 0) throw new InputError(`Cannot run a trial of ${study}`, "no round has begun");
    const record = await folder.round(round);
    checkRecord(folder.file(`rounds/${round}.json`), record, studyId(plan));
    const expected = trialOf(plan, record, index);
    const out = line.out ?? folder.file(`results/${round}-${index}.json`);
    if (!line.out) await makeFolder(folder.file("results"));
    const known = line.force ? undefined : await readTrialFile(out).catch(() => undefined);
    if (known && answers(known.file, record, index)) {
      checkReply(known.reply, expected);
      return { json: known.file, text: `trial ${round}-${index} is done already: ${out}` };
    }
    await using file = await openTrialFile(out, line.force || !line.out);
    const worker = { ...line, progress: new Progress(), signal };
    const reply = await runTrial(plan, worker, record, moduleAddress(line.problem, from));
    await writeTrialFile(file, out, record, index, reply);
    const [{ figures }, { figure }] = [reply, plan.goal];
    return {
      json: { study: record.study, round, index, out, figures },
      text: `trial ${round}-${index}: ${figure} ${figures[figure].toFixed(4)}\n${out}`,
    };
  },
});

function checkRecord(path: string, record: RoundRecord, study: string): void {
  if (record.study === study) return;
  throw new InputError(`Cannot use ${path}`, `it is of the study ${record.study}, not of ${study}`);
}

function answers(file: TrialFile, record: RoundRecord, index: number): boolean {
  return file.study === record.study && file.round === record.round && file.index === index;
}

async function runTrial(
  plan: StudyPlan,
  { index, ...options }: OpenOptions & { readonly index: number },
  record: RoundRecord,
  module: string | undefined,
): Promise<TrialReply> {
  const name = `${Deno.hostname()}:${Deno.pid}`;
  const problem = await loadProblem(plan.task, module);
  await using worker = await TrialWorker.open(problem, plan, { ...options, name });
  return await worker.run(record, index, { signal: options.signal });
}

/** The program. */
export const program: Program = {
  name: "trial",
  about: "One trial of a search, for job arrays and GNU parallel.",
  details: `\
A search with --collect writes DIR/study.json and DIR/rounds/ROUND.json and waits for results:

  deno task whale search --out S --trials 32 --rounds 2 --collect S/results
  seq 0 31 | parallel deno task trial --study S --index {}     or a Slurm array with
  deno task trial --study S --index $SLURM_ARRAY_TASK_ID
  deno task whale search --out S --trials 32 --rounds 2 --collect S/results --resume`,
  commands: { trial },
};

if (import.meta.main) await runProgram(program);
