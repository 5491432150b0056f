/**
 * What `deno task whale --help` prints.
 *
 * @module
 */
export const WHALE_HELP = `\
Right-whale calls in clips of two seconds, by features that nobody designed.

  deno task whale [train] [--data DIR] [--preset NAME] [--seed N] [--out DIR]
  deno task whale search   [--data DIR] [--trials N] [--rounds N] [--out DIR]
  deno task whale ensemble --study DIR [--best N] [--out DIR]
  deno task whale predict  --run DIR --data FILES --out FILE [--format 2013]
  deno task whale evaluate --run DIR [--data DIR]
  deno task whale analyse  --run DIR --out FILE.html [--data DIR]
  deno task whale synthesise --count N --out DIR [--seed N]

commands
  train      learns three dictionaries of spectrogram patches and classifiers on what clips hold of
             them, beside two baselines; without --data on synthetic clips, which it makes once and
             keeps in --cache, and scores on clips put aside; real clips are scored in folds. Writes
             a run folder (config.json, metrics.jsonl, model.safetensors, predictions.csv,
             result.json, report.html: open it in a browser)
  search     draws settings at random, round by round in narrower ranges, and keeps every trial in
             a folder; more processes or machines share the work
  ensemble   blends the best models of a search; chosen and scored on different folds
  predict    scores clips without labels
  evaluate   scores a run on labelled clips that it was not trained on
  analyse    the report of a run for such clips: what was found, missed, falsely found
  synthesise writes synthetic clips in the layout of the challenge of 2013

options
  --data PATH       folder or zip of a challenge: train.csv with train/*.aiff (2013), or
                    train2/*.aif (Redux); for predict also a plain folder of AIFF or WAV clips
  --preset NAME     smoke (seconds), small (default: minutes on two cores), paper (as in 2013)
  --seed N          seed of everything random, default 1, and name of the synthetic recordings;
                    same seed, same adapter: same bits
  --seeds K         K runs with the seeds N, N + 1, ...: mean and standard deviation
  --out PATH        folder of the run, default runs/whale-<preset>-<seed>; for predict a file
  --run DIR         folder of a finished run or ensemble
  --format NAME     redux (default: clip,probability) or 2013 (one score a line)
  --allow-order-leak  also score with the labels of neighbours in time, as a row of its own
  --trials N        trials a round, default 20
  --rounds N        rounds, default 2
  --workers N       run N trials at once, each in a process with a device of its own
  --queue URL       share them through Redis with any number of "deno task worker --queue URL"
  --collect DIR     take in results of "deno task trial", from Slurm arrays and the like
  --study DIR       folder of a search
  --best N          models to blend, default 10
  --count N         clips to synthesise
  --resume          go on with an interrupted run or search; it ends in the same bits
  --force           overwrite what is in --out
  --on-bad WHAT     stop (default) at the first bad file, or skip and list bad ones
  --cache DIR       folder of synthesised clips, default cache
  --set KEY=VALUE   change a setting of the preset, as often as needed: patchBins=40, filters=400,
                    contrast=false, encoder=soft, classifier=boosting, foldKind=blocked,
                    foldSeeds=1,2,3, trainingClips=8000, ...
  --json            print the result as one line of JSON
  --help            this text

Ctrl-C keeps what was learnt. Exit codes: 0 done, 1 failed, 2 not understood, 130 interrupted.`;
