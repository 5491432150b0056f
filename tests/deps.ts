/**
 * The packages of tests, each named once with its exact version.
 *
 * @module
 */
export { type Browser, chromium, type Page } from "npm:playwright-core@1.65.1";
