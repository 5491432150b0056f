/**
 * The package that decodes and encodes JPEG, named once with its exact version. Only what touches
 * JPEG files imports it.
 *
 * @module
 */
export { default as jpeg } from "npm:jpeg-js@0.4.4";
