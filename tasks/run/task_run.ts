/**
 * A run from its folder to its result: what the runs of all tasks do alike.
 *
 * @module
 */
import { FolderLock } from "../../files/disk/folder_lock.ts";
import { isDeviceLoss } from "../../gpu/device_loss.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { type Key, key } from "../../gpu/random.ts";
import { type DataOptions, openDevice, type Watched, type WorkOptions } from "./work.ts";
import type { FolderAccess } from "./folder.ts";
import { Pace, Progress, tenths } from "./progress.ts";
import type { TaskSettings } from "./settings.ts";
import { Interrupted, RunFolder, VERSION } from "./run_folder.ts";

/** What work that fills the folder of a run is given. */
export interface FolderOptions extends WorkOptions {
  /** Folder of the run. */
  readonly out: string;
  /** Go on with the run in `out`; one that is finished is answered as it is. */
  readonly resume?: boolean;
  /** Overwrite the run in `out`. */
  readonly force?: boolean;
}

/** What a run is given; each task adds what is its own. */
export interface RunOptions<Config> extends FolderOptions, DataOptions<Config> {}

/** What a task tells of its runs. */
export interface TaskDescription<Phase extends string = string> {
  /** Its name and its settings. */
  readonly settings: TaskSettings;
  /** Phases whose time is taken, in their order, and what the page calls them. */
  readonly phases: Readonly<Record<Phase, string>>;
  /** Options besides `--data`, `--preset` and `--seed` that repeat a run, from its settings. */
  readonly options: (
    settings: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
}

/** A run whose data are being opened: nothing of it is on disk yet. */
export interface OpeningRun<Phase extends string = string> extends Watched {
  /** Does some work and adds the time it takes to a phase. */
  time<T>(phase: Phase, work: () => T | Promise<T>): Promise<T>;
  /** Disposes of something when the run ends. */
  use<T extends Disposable | AsyncDisposable>(resource: T): T;
}

/** A run under way. */
export interface TaskRun<Phase extends string = string> extends OpeningRun<Phase> {
  /** The device. */
  readonly gpu: Gpu;
  /** Its folder. */
  readonly folder: RunFolder;
  /** Whether it goes on, or overwrites what is there. */
  readonly access: FolderAccess;
  /** Opens the folder of a part of it, such as `fold1`, with settings that the run does not have. */
  part(name: string, own: Readonly<Record<string, unknown>>): Promise<RunFolder>;
  /** Everything that decides it, as `config.json` keeps it. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Key of its seed. */
  readonly key: Key;
  /** Seconds by phase so far. */
  readonly spent: Readonly<Record<Phase, number>>;
  /** The same to a tenth, for the result. */
  readonly timings: Record<Phase, number>;
  /** Seconds since its beginning, to a tenth. */
  readonly seconds: number;
}

/** What a run does. */
export interface RunSteps<Phase extends string, Data, Result> {
  /** Opens the data. What cannot be used is found here, before anything is written. */
  readonly open: (run: OpeningRun<Phase>) => Promise<Data>;
  /** Does the work; gives the figures and the page, which are written last. */
  readonly work: (
    run: TaskRun<Phase>,
    data: Data,
  ) => Promise<{ readonly result: Result; readonly page: string }>;
}

/** Everything that decides a run, as `config.json` keeps it. */
export function runSettings(
  { settings: { task } }: TaskDescription,
  { data, config, seed, onBad = "stop" }: RunOptions<object>,
  own: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return { task, version: VERSION, seed, data, ...own, onBad, ...config };
}

/**
 * Runs a task in a folder of its own: refuses a folder that another process writes in or that holds
 * another run, answers a finished run as it is, opens data, folder and device, and writes `report.html` and `result.json` when the work
 * is done, the result last: a folder with a result is a whole one.
 *
 * @param settings everything that decides the run
 * @throws {InputError} when the folder cannot be used
 * @throws {Interrupted} when the signal ended the run
 */
export async function runTask<Phase extends string, Data, Result extends object>(
  { phases }: TaskDescription<Phase>,
  options: FolderOptions & { readonly seed: number },
  settings: Readonly<Record<string, unknown>>,
  { open, work }: RunSteps<Phase, Data, Result>,
): Promise<Result> {
  const { out, resume = false, force = false, progress = new Progress(), signal } = options;
  const access = { resume, force };
  await FolderLock.refuseTaken(out);
  await RunFolder.check(out, settings, access);
  const earlier = resume && !force ? await RunFolder.finished<Result>(out) : undefined;
  if (earlier) {
    progress.line(`${out} is finished already`);
    return earlier;
  }
  await using lock = await FolderLock.take(out);
  const ends = AbortSignal.any([lock.lost, ...(signal ? [signal] : [])]);
  try {
    await using opened = new AsyncDisposableStack();
    const opening = openingRun(phases, opened, { progress, signal: ends });
    const data = await open(opening);
    const folder = await RunFolder.open(out, settings, access);
    const gpu = await openDevice(options, opened);
    const run = Object.assign(opening, {
      gpu,
      folder,
      access,
      settings,
      key: key(options.seed),
      part: (name: string, own: Readonly<Record<string, unknown>>) =>
        RunFolder.open(folder.file(name), { ...settings, ...own }, access),
    });
    const { result, page } = await work(run, data).catch(async (error) => {
      throw await gpu.reasonOf(error); // asked before the device is closed
    });
    await folder.write("report.html", page);
    progress.line(`report: ${folder.file("report.html")}`);
    await folder.writeJson("result.json", result);
    return result;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) {
      throw new Interrupted(`Interrupted: go on with --resume (${out})`);
    }
    if (!isDeviceLoss(error)) throw error;
    throw new Error(`${error.message}; go on with --resume (${out})`, { cause: error });
  }
}

/** A run that begins now. */
function openingRun<Phase extends string>(
  phases: Readonly<Record<Phase, string>>,
  opened: AsyncDisposableStack,
  shown: Watched,
): OpeningRun<Phase> & Pick<TaskRun<Phase>, "spent" | "timings" | "seconds"> {
  const clock = new Pace();
  const byPhase = (seconds: (phase: Phase) => number) =>
    Object.fromEntries(Object.keys(phases).map((name) => [name, seconds(name as Phase)])) as Record<
      Phase,
      number
    >;
  const spent = byPhase(() => 0);
  return {
    ...shown,
    spent,
    get timings() {
      return byPhase((phase) => tenths(spent[phase]));
    },
    get seconds() {
      return tenths(clock.seconds);
    },
    async time(phase, work) {
      const pace = new Pace();
      const done = await work();
      spent[phase] += pace.seconds;
      return done;
    },
    use: (resource) => opened.use(resource),
  };
}
