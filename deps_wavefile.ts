/**
 * The package that packs the samples of WAV, named once with its exact version. Only `audio/wav.ts`
 * imports it, to write; reading is ours.
 *
 * @module
 */
export { default as wavefile } from "npm:wavefile@11.0.0";
