/**
 * What `deno task music --help` prints.
 *
 * @module
 */
export const MUSIC_HELP = `\
Songs that nobody has heard yet, recommended by their sound.

  deno task music [train] [--data DIR] [--preset NAME] [--seed N] [--out DIR]
  deno task music search     [--data DIR] [--trials N] [--rounds N] [--out DIR]
  deno task music predict    --run DIR --data FILES --out FILE.csv [--count N]
  deno task music similar    --run DIR --song ID [--count N]
  deno task music recommend  --run DIR --listener NAME [--count N]
  deno task music analyse    --run DIR --out FILE.html [--count N] [--data DIR]
  deno task music evaluate   --data DIR [--out FILE] [--set factors=N ...]
  deno task music synthesise --out DIR [--seed N]

commands
  train      factorises plays, learns a network from the sound of songs to their factors, and finds
             songs whose plays were hidden, beside baselines and an upper bound; without --data on
             synthetic songs and listeners, which it makes once and keeps in --cache. Writes a run
             folder (config.json, metrics.jsonl, model.safetensors, factors/*.npy, result.json,
             report.html: open it in a browser)
  search     draws settings at random, round by round in narrower ranges; songs hidden from a trial and
             found by their sound decide, of those that a run with the same --seed, cold and
             coldByArtist knows: what that run hides no trial ever sees
  predict    hears sound files: their factors, and the songs of the run that they sound like
  similar    songs that sound alike, beside songs that the same people play
  recommend  songs for a listener that nobody has played, by their sound
  analyse    writes a page of what a run has learnt: playlists of single units of the network, songs
             that sound unlike their listeners, neighbours, and tags predicted from each source
  evaluate   the protocol of the Million Song Dataset Challenge: factorises plays and names 500
             songs for each evaluation listener; scores them where the hidden halves are there
  synthesise writes synthetic songs and plays in the layout that --data reads

options
  --data DIR        train: train_triplets.txt (user, song, plays, between tabs; may be .gz),
                    audio/<song>.wav, .aiff or .mp3, tracks.csv (song_id,artist,title,genre; may
                    be missing); evaluate: train_triplets.txt, eval_triplets_visible.txt and,
                    where there is one, eval_triplets_hidden.txt; predict: a sound file, or a
                    folder of them
  --factors DIR     factors computed elsewhere, or RUN/factors of a run, instead of factorising known
                    plays: songs.txt and listeners.txt (ids, one a line), strict_songs.npy,
                    strict_listeners.npy; all_songs.npy and all_listeners.npy may be missing
  --preset NAME     smoke (seconds), small (default: minutes on two cores), paper (2014 network)
  --seed N          seed of everything random, default 1, and name of the synthetic songs and
                    listeners; same seed, same adapter: same bits
  --seeds K         K runs with the seeds N, N + 1, ...: mean and standard deviation
  --out PATH        folder of the run, default runs/music-<preset>-<seed>; for evaluate a file
  --trials N        trials a round of a search, default 12
  --rounds N        its rounds, default 2
  --workers N       run N trials at once, each in a process with a device of its own
  --queue URL       share them through Redis with any number of "deno task worker --queue URL"
  --collect DIR     take in results of "deno task trial", from Slurm arrays and the like
  --run DIR         folder of a finished run
  --song ID         id or title of a song
  --listener NAME   name of a listener
  --count N         length of lists, default 10
  --resume          go on with an interrupted run or search; it ends in the same bits
  --force           overwrite what is in --out
  --on-bad WHAT     stop (default) at the first bad file, or skip and list bad ones
  --cache DIR       folder of synthesised songs and of spectrograms (29 kB a second of sound), so that
                    the next run on the same songs is faster; default cache
  --set KEY=VALUE   change a setting of the preset, as often as needed: factors=50, epochs=60,
                    target=raw, network=convnet2013, cold=0.3, hard=true, ...
  --json            print the result as one line of JSON
  --help            this text

Ctrl-C keeps the network's last checkpoint. Exit codes: 0 done, 1 failed, 2 not understood, 130
interrupted.`;
