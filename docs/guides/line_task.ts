/** The task of the guide to tasks, which learns a straight line: `deno run -A` this file. */
import * as cetus from "../../mod.ts";
import { section, tiles } from "../../tasks/report/html.ts";
import { htmlPage } from "../../tasks/report/page.ts";
import { command, runProgram } from "../../tasks/run/command.ts";
import { defaultOut, RESUME, SEED } from "../../tasks/run/options.ts";
import {
  configOf,
  defaultsOf,
  settingOptions,
  type TaskSettings,
} from "../../tasks/run/settings.ts";
import { type FolderOptions, runTask, type TaskDescription } from "../../tasks/run/task_run.ts";
import { TrainingLog } from "../../tasks/run/training_log.ts";
import { decimal, path, type ValuesOf, whole } from "../../tasks/run/value.ts";

const TABLE = {
  points: whole(2, 1e6, "points to learn from").or(200),
  noise: decimal(0, 10, "standard deviation of the points from the line").or(0.1),
  steps: whole(1, 1e6, "training steps").or(200),
};
type LineConfig = ValuesOf<typeof TABLE>;

const small = defaultsOf(TABLE);
/** The settings of a run. */
export const LINE_SETTINGS: TaskSettings<typeof TABLE> = {
  about: "settings of train",
  task: "line",
  table: TABLE,
  presets: { smoke: { ...small, points: 20 }, small },
};

/** What runs of the task have in common. */
const LINE: TaskDescription<"points" | "training"> = {
  settings: LINE_SETTINGS,
  phases: { points: "points", training: "training" },
  options: () => ({}),
};

/** Finds slope and offset of noisy points on y = 2 x + 1, and writes the folder of a run. */
export function trainLine(
  { config, seed, ...folder }: FolderOptions & {
    readonly config: LineConfig;
    readonly seed: number;
  },
): Promise<{ slope: number; offset: number; seconds: number }> {
  const settings = { task: "line", seed, ...config }; // all that decides the run
  return runTask(LINE, { ...folder, seed }, settings, {
    open: (run) => run.time("points", () => pointsOf(config, cetus.key(seed))),
    work: async (run, data) => {
      const network = cetus.dense({ units: 1 });
      using model = new cetus.Model(run.gpu, network, { inputShape: [1], key: run.key });
      const log = new TrainingLog(run, ({ step, loss }) => ({ step, loss }));
      await run.time("training", async () => {
        const training = cetus.fit(model, {
          data,
          loss: cetus.mse(),
          optimizer: cetus.adam(),
          schedule: cetus.constantRate(0.05),
          steps: config.steps,
          batchSize: 20,
          key: cetus.fold(run.key, "training"),
          checkpoint: { path: run.folder.file("checkpoint.safetensors"), every: 100 },
          resume: run.access.resume,
          resumed: log.resumed,
          signal: run.signal,
        });
        for await (const report of training) {
          const { step, loss } = report;
          run.progress.update(`step ${step} of ${config.steps}, loss ${loss.toFixed(4)}`);
          await log.add(report);
        }
        run.signal?.throwIfAborted();
      });
      const ends = await model.predict(cetus.ndarray([2, 1], Float32Array.of(0, 1)));
      const [offset, top] = ends.data;
      const result = { slope: top - offset, offset, seconds: run.seconds };
      const figures = tiles([["slope", result.slope.toFixed(3)], ["offset", offset.toFixed(3)]]);
      return { result, page: htmlPage({ title: "Line", sections: [section("Learnt", figures)] }) };
    },
  });
}

function pointsOf({ points, noise }: LineConfig, key: cetus.Key): cetus.Dataset {
  const [places, errors] = [cetus.fold(key, "places"), cetus.fold(key, "errors")];
  const x = Float32Array.from({ length: points }, (_, i) => cetus.uniform(places, i));
  const target = x.map((value, i) => 2 * value + 1 + noise * cetus.normal(errors, i));
  return cetus.arrays({
    x: cetus.ndarray([points, 1], x),
    target: cetus.ndarray([points, 1], target),
  });
}

const train = command({
  about: "learns the line and writes the folder of a run",
  options: {
    ...settingOptions(LINE_SETTINGS),
    ...SEED,
    out: path("DIR", "folder of the run; default runs/line-PRESET-SEED"),
    ...RESUME,
  },
  run: async (line, { signal, from }) => {
    const { seed, resume, force } = line;
    const out = line.out ?? defaultOut(from, "line", line);
    const config = configOf(LINE_SETTINGS, line);
    const result = await trainLine({ config, seed, out, resume, force, signal });
    return { json: result, text: `y = ${result.slope} x + ${result.offset}\n${out}` };
  },
});

if (import.meta.main) {
  await runProgram({
    name: "line",
    about: "A straight line through noisy points.",
    commands: { train },
    settings: [LINE_SETTINGS],
  });
}
