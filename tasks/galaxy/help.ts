/**
 * What `deno task galaxy --help` prints.
 *
 * @module
 */
export const GALAXY_HELP = `\
Galaxy morphology from photographs: the 37 answers of the Galaxy Zoo tree.

  deno task galaxy [train] [--data DIR] [--preset NAME] [--seed N] [--out DIR]
  deno task galaxy predict  --run DIR --data FILES --out FILE.csv
  deno task galaxy evaluate --run DIR [--data DIR]
  deno task galaxy search   [--data DIR] [--trials N] [--rounds N] [--out DIR]
  deno task galaxy synthesise --count N --out DIR [--seed N]

commands
  train      trains on Kaggle's labelled galaxies (the last tenth is held out), or without --data on
             synthetic ones, which it makes once and keeps in --cache; writes a run folder
             (config.json, metrics.jsonl, checkpoint.safetensors, predictions.csv, result.json,
             report.html: open it in a browser)
  predict    applies a run to images without labels; writes Kaggle's submission format
  evaluate   scores a run on labelled galaxies that it was not trained on; without --data on the
             test galaxies of its synthetic sky
  search     trains with learning rate, dropout and augmentation drawn at random, round by round in
             narrower ranges; the error of the galaxies watched while training decides
  synthesise writes synthetic galaxies with simulated votes in Kaggle's layout

options
  --data PATH       Kaggle's folder or zip: images_training_rev1 with training_solutions_rev1.csv;
                    for predict also a plain folder or zip of 424 x 424 JPEGs
  --preset NAME     smoke (seconds), small (default: minutes on two cores), paper (as published)
  --seed N          seed of everything random, default 1; same seed, same adapter: same bits
  --seeds K         K runs with the seeds N, N + 1, ...: mean and standard deviation
  --transforms N    predictions are means over 60 zoomed, turned and mirrored copies; default 1: the
                    galaxy as it is (60 take 60 times as long)
  --init RUN        start from the weights of an earlier run of the same network: fine-tuning
  --folds K         cross-validation in K parts instead of a held-out tenth
  --count N         galaxies to synthesise
  --trials N        trials a round of a search, default 12
  --rounds N        its rounds, default 2
  --workers N       run N trials at once, each in a process with a device of its own
  --queue URL       share them through Redis with any number of "deno task worker --queue URL"
  --collect DIR     take in results of "deno task trial", from Slurm arrays and the like
  --out PATH        folder of the run, default runs/galaxy-<preset>-<seed>; for predict a file
  --run DIR         folder of a trained run
  --resume          go on with an interrupted run; it ends in the same bits
  --force           overwrite the run in --out
  --on-bad WHAT     stop (default) at the first bad image, or skip and list bad ones
  --cache DIR       folder of decoded or synthesised pixels, default cache
  --set KEY=VALUE   change a setting of the preset, as often as needed: steps=1000, merge=mean,
                    batchSize=16, learningRate=0.0005, dropout=0.4, translate=8, use=best,
                    skyTraining=8000, skySeed=2, ...
  --json            print the result as one line of JSON
  --help            this text

Ctrl-C saves a checkpoint. Exit codes: 0 done, 1 failed, 2 not understood, 130 interrupted.`;
