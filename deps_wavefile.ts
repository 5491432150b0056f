/**
 * The package that packs and unpacks the samples of WAV, named once with its exact version. Only
 * `audio/wav.ts` imports it.
 *
 * @module
 */
export { default as wavefile } from "npm:wavefile@11.0.0";
