/**
 * What the demo's server says to its page, as JSON: the types of both sides.
 *
 * @module
 */

/** What is known of the run. */
export interface RunFacts {
  /** Name of its folder. */
  readonly name: string;
  /** Whether songs and listeners are synthetic. */
  readonly synthetic: boolean;
  /** Mean average precision on cold songs of the network and of random factors, where known. */
  readonly precision?: { readonly network: number; readonly random: number };
}

/** A song, as the map and the lists show it. */
export interface SongAnswer {
  /** Its name in all other answers. */
  readonly id: string;
  /** What it is called. */
  readonly title: string;
  /** Who plays it; empty where it is not known. */
  readonly artist: string;
  /** Its genre; empty where it is not known. */
  readonly genre: string;
  /** Whether the network was kept from its plays. */
  readonly cold: boolean;
  /** Whether nothing is heard in it. */
  readonly silent: boolean;
  /** How often it was played in the data, hidden plays too. */
  readonly plays: number;
  /** How many listeners played it in the data, hidden ones too; none where it is new. */
  readonly listeners: number;
  /** Its place on the map. */
  readonly x: number;
  /** Its place on the map. */
  readonly y: number;
}

/** `/api/catalogue`. */
export interface CatalogueAnswer {
  /** The run. */
  readonly run: RunFacts;
  /** All songs. */
  readonly songs: readonly SongAnswer[];
  /** All listeners, with how many songs they played. */
  readonly listeners: readonly { readonly id: string; readonly songs: number }[];
}

/** A song in a list. */
export interface RankedSong {
  /** The song. */
  readonly id: string;
  /** Cosine for neighbours, mixed score for recommendations. */
  readonly score: number;
}

/** `/api/neighbours?song=ID&count=10`. */
export interface NeighboursAnswer {
  /** By sound, best first. */
  readonly content: readonly RankedSong[];
  /** By all plays, hidden ones too; none for a song that nobody has played. */
  readonly usage: readonly RankedSong[];
}

/** `/api/recommend?listener=ID&popularity=0&usage=0&content=1&among=new&count=10`. */
export interface RecommendAnswer {
  /** Songs that nobody has played, or `among=unheard` that the listener has not, best first. */
  readonly songs: readonly RankedSong[];
}

/** `/api/hidden?listener=ID&popularity=0&usage=0&content=1&count=10`: the run's own test. */
export interface HiddenAnswer {
  /** Songs whose plays were hidden from the network, best first. */
  readonly songs: readonly FoundSong[];
}

/** A song of the test. */
export interface FoundSong extends RankedSong {
  /** Whether the listener did play it, which the network was not told. */
  readonly played: boolean;
}

/** `/api/listener?listener=ID`. */
export interface ListenerAnswer {
  /** All that they played, most often first. */
  readonly played: readonly { readonly id: string; readonly count: number }[];
}

/** A place before and after; 1 is the best. */
export interface Places {
  /** With all plays. */
  readonly before: number;
  /** Without the song's. */
  readonly after: number;
}

/** `/api/without-plays?song=ID&listener=ID`. */
export interface WithoutPlaysAnswer {
  /** By plays. */
  readonly usage: Places;
  /** By sound. */
  readonly content: Places;
  /** Songs that are ranked: those that the listener has not played, and this one. */
  readonly of: number;
}

/** `POST /api/drop?name=FILE` with a sound file as body. */
export interface DropAnswer {
  /** Where it lands on the map. */
  readonly position: readonly [x: number, y: number];
  /** Songs that sound alike, best first. */
  readonly neighbours: readonly RankedSong[];
  /** How long it is. */
  readonly seconds: number;
  /** What of the file was cut off or passed over, sentences without its name. */
  readonly warnings: readonly string[];
}

/** Any answer with a status of 400 or more. */
export interface ErrorAnswer {
  /** What was attempted, what came, what was expected. */
  readonly error: string;
}
