/**
 * The package that decodes MP3, named once with its exact version: libmpg123 compiled to WebAssembly,
 * inlined in the module. An MP3 decoder is thousands of lines of tables and filters that the field has
 * debugged for decades; ours would only be worse. Only `audio/mp3.ts` needs it, which imports it when
 * an MP3 comes, so that whoever imports Cetus does not fetch it.
 *
 * @module
 */
export { MPEGDecoder } from "npm:mpg123-decoder@1.0.3";
