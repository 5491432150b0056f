// @ts-check
/// <reference lib="dom" />
/**
 * What the server is asked.
 *
 * @module
 */

/** @import * as api from "../tasks/music/demo/api.ts" */
/** @import { Mix } from "./mix.js" */

/** An answer that is an error, or no answer at all. */
export class ServerError extends Error {
  /**
   * @param {string} message
   * @param {boolean} gone whether there was no answer
   */
  constructor(message, gone) {
    super(message);
    this.gone = gone;
  }
}

const GONE = "The demo's server does not answer. Start it again with “deno task demo”.";

/**
 * @param {string} path
 * @param {Record<string, string | number | boolean>} [asked]
 * @param {RequestInit} [options]
 * @returns {Promise<any>} what the server said
 */
async function ask(path, asked = {}, options = {}) {
  const words = Object.entries(asked).map(([name, value]) => [name, `${value}`]);
  const address = `${path}?${new URLSearchParams(words)}`;
  /** @type {Response} */
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new ServerError(GONE, true);
  }
  const answer = await response.json().catch(() => undefined);
  if (response.ok && answer) return answer;
  throw new ServerError(answer?.error ?? `The server answered with ${response.status}.`, false);
}

/** @returns {Promise<api.CatalogueAnswer>} */
export const askCatalogue = () => ask("/api/catalogue");

/**
 * @param {string} song
 * @returns {Promise<api.NeighboursAnswer>}
 */
export const askNeighbours = (song) => ask("/api/neighbours", { song, count: 10 });

/**
 * @param {string} listener
 * @returns {Promise<api.ListenerAnswer>}
 */
export const askListener = (listener) => ask("/api/listener", { listener });

/**
 * @param {string} listener
 * @param {{ readonly mix: Mix, readonly among: string }} options `new` or `unheard`
 * @returns {Promise<api.RecommendAnswer>}
 */
export const askRecommended = (listener, { mix, among }) =>
  ask("/api/recommend", { listener, among, count: 10, ...mix });

/**
 * @param {string} listener
 * @param {Mix} mix
 * @returns {Promise<api.HiddenAnswer>}
 */
export const askHidden = (listener, mix) => ask("/api/hidden", { listener, count: 10, ...mix });

/**
 * @param {string} song
 * @param {string} listener
 * @returns {Promise<api.WithoutPlaysAnswer>}
 */
export const askWithoutPlays = (song, listener) => ask("/api/without-plays", { song, listener });

/**
 * @param {File} file
 * @returns {Promise<api.DropAnswer>}
 */
export const sendFile = (file) =>
  ask("/api/drop", { name: file.name }, { method: "POST", body: file });

/**
 * Address of a song's sound.
 *
 * @param {string} song
 */
export const soundOf = (song) => `/audio/${encodeURIComponent(song)}.wav`;
